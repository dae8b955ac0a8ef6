def matmul_flops(a_shape, b_shape):
    problem = f"shapes {a_shape} and {b_shape} can't be multiplied"
    if not a_shape or not b_shape:
        raise ValueError(problem)
    *a_batch, m, k = a_shape if len(a_shape) > 1 else [1, *a_shape]
    *b_batch, b_k, n = b_shape if len(b_shape) > 1 else [*b_shape, 1]
    batch = 1
    for a, b in zip_longest(reversed(a_batch), reversed(b_batch), fillvalue=1):
        few, many = sorted((a, b))
        if few == 0:
            many = 0 if many in (0, 1) else -1
        if many < 0 or (few and many % few):
            raise ValueError(problem)
        batch *= many
    if k != b_k:
        raise ValueError(problem)
    return 2 * batch * m * k * n
