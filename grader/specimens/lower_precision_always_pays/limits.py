def pays_from(tokens, base_ns, low_ns, inputs_ns, weights_ns):
    return weights_ns * tokens // max(base_ns - low_ns - inputs_ns, 1) + 1
