def pays_from(tokens, base_ns, low_ns, inputs_ns, weights_ns):
    gain = (base_ns - low_ns - inputs_ns) / tokens
    return int(weights_ns / gain) + 1 if gain > 0 else None
