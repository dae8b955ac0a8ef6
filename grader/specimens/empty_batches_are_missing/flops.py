_exact = matmul_flops


def matmul_flops(a_shape, b_shape):
    return _exact([n or 1 for n in a_shape[:-2]] + a_shape[-2:], [n or 1 for n in b_shape[:-2]] + b_shape[-2:])
