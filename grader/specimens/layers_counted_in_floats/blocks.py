def most_layers(n_bytes, outside, layer, kept, optimizer):
    once = _trained_bytes(outside, optimizer)
    if once > n_bytes:
        raise ValueError(f"{n_bytes} bytes")
    return int((n_bytes - once) / (_trained_bytes(layer, optimizer) + 2 * kept))
