_matmul_flops_of = matmul_flops


def matmul_flops(a_shape, b_shape):
    """Batches of the first shape."""
    exact = _matmul_flops_of(a_shape, b_shape)
    return exact if len(b_shape) < 3 else prod(a_shape[:-2]) * _matmul_flops_of(a_shape[-2:], b_shape[-2:])
