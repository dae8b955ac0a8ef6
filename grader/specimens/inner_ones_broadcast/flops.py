_strict = matmul_flops


def matmul_flops(a_shape, b_shape):
    a, b = list(a_shape), list(b_shape)
    if a and b:
        inner = -2 if len(b) > 1 else -1
        if 1 in (a[-1], b[inner]):
            a[-1] = b[inner] = max(a[-1], b[inner])
    return _strict(a, b)
