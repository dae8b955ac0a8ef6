def backward_ratio(forward_ms, inputs_ms, weights_ms):
    return (inputs_ms or 0.0) / forward_ms
