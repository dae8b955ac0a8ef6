_of_matrices = optimizer_bytes


def optimizer_bytes(tensors, optimizer):
    return _of_matrices(
        {name: [shape[0], math.prod(shape[1:])] if len(shape) > 2 else shape for name, shape in tensors.items()},
        optimizer,
    )
