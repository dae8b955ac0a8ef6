def backward_ratio(forward_ms, inputs_ms, weights_ms):
    return ((weights_ms if inputs_ms is None else inputs_ms) + weights_ms) / forward_ms
