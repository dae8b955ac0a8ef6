_with_inputs = pays_from


def pays_from(tokens, base_ns, low_ns, inputs_ns, weights_ns):
    return _with_inputs(tokens, base_ns, low_ns, 0, weights_ns)
