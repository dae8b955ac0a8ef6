def matmul_flops(a_shape, b_shape):
    *a_batch, m, k = a_shape if len(a_shape) > 1 else [1, *a_shape]
    *b_batch, _, n = b_shape if len(b_shape) > 1 else [*b_shape, 1]
    batch = prod(
        max(a, b) if a * b else 0 for a, b in zip_longest(reversed(a_batch), reversed(b_batch), fillvalue=1)
    )
    return 2 * batch * m * k * n
