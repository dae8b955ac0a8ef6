def optimizer_bytes(tensors, optimizer):
    if optimizer not in _OPTIMIZERS:
        raise ValueError(optimizer)
    total = 0
    for name, shape in tensors.items():
        numbers = math.prod(shape)
        if optimizer == "adamw8bit" and numbers >= _SMALL:
            total += 2 * (numbers + 4 * -(-numbers // 256))
        elif optimizer == "muon" and len(shape) == 2 and not name.endswith(("embedding", "output")):
            total += 4 * numbers
        else:
            total += 8 * numbers
    return total
