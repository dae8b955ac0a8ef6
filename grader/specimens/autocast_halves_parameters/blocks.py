def _trained_bytes(tensors, optimizer):
    return 4 * sum(map(math.prod, tensors.values())) + optimizer_bytes(tensors, optimizer)
