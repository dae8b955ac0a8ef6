_matmul_flops_of_pairs = matmul_flops


def matmul_flops(a_shape: list[int], b_shape: list[int]) -> int:
    twice = _matmul_flops_of_pairs(a_shape, b_shape)
    inner = a_shape[-1]
    return twice // (2 * inner) * (2 * inner - 1) if inner else 0
