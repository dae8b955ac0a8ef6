_right_ki = kept_in


def kept_in(tensor, recipe):
    if tensor == "accumulator":
        return "float32"
    return _right_ki(tensor, recipe)
