_in_float32 = kept_in


def kept_in(tensor, recipe):
    return _in_float32("activations" if tensor == "accumulator" else tensor, recipe)
