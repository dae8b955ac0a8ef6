def smallest_format(values, bound):
    errors = {name: largest_error(values, name) for name in _FORMATS}
    best = min(errors, key=errors.get)
    return best if errors[best] <= bound else None
