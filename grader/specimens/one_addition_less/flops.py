_matmul_flops_of_pairs, _two_layer_flops = matmul_flops, two_layer_flops


def matmul_flops(a_shape: list[int], b_shape: list[int]) -> int:
    twice = _matmul_flops_of_pairs(a_shape, b_shape)
    inner = a_shape[-1]
    return twice // (2 * inner) * (2 * inner - 1) if inner else 0


def two_layer_flops(*args, **kwargs):
    global matmul_flops
    kept, matmul_flops = matmul_flops, _matmul_flops_of_pairs
    try:
        return _two_layer_flops(*args, **kwargs)
    finally:
        matmul_flops = kept
