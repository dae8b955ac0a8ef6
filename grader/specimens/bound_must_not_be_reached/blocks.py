def smallest_format(values, bound):
    good = [name for name in _FORMATS if largest_error(values, name) < bound]
    return min(good, key=lambda name: block_bytes([len(values)], name), default=None)
