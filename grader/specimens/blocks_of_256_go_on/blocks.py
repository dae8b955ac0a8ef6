_tensor_by_tensor = optimizer_bytes


def optimizer_bytes(tensors, optimizer):
    if optimizer != "adamw8bit":
        return _tensor_by_tensor(tensors, optimizer)
    sizes = [math.prod(shape) for shape in tensors.values()]
    large = sum(size for size in sizes if size >= _SMALL)
    return 2 * (large + 4 * -(-large // 256)) + 8 * sum(size for size in sizes if size < _SMALL)
