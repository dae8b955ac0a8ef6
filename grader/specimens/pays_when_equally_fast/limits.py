_faster = pays_from


def pays_from(tokens, base_ns, low_ns, inputs_ns, weights_ns):
    least = _faster(tokens, base_ns, low_ns, inputs_ns, weights_ns)
    return least and max(-(-weights_ns * tokens // (base_ns - low_ns - inputs_ns)), 1)
