_elsewhere = optimizer_bytes


def optimizer_bytes(tensors, optimizer):
    return _elsewhere({f"layer.{name}": shape for name, shape in tensors.items()}, optimizer)
