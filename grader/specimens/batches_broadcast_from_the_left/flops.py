def matmul_flops(a_shape, b_shape):
    problem = f"shapes {a_shape} and {b_shape} can't be multiplied"
    if not a_shape or not b_shape:
        raise ValueError(problem)
    *a_batch, m, k = a_shape if len(a_shape) > 1 else [1, *a_shape]
    *b_batch, b_k, n = b_shape if len(b_shape) > 1 else [*b_shape, 1]
    sizes = list(zip_longest(a_batch, b_batch, fillvalue=1))
    if k != b_k or any(a != b and 1 not in (a, b) for a, b in sizes):
        raise ValueError(problem)
    return 2 * prod(b if a == 1 else a for a, b in sizes) * m * k * n
