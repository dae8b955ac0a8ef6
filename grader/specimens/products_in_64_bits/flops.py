_exact = matmul_flops


def matmul_flops(a_shape, b_shape):
    import numpy as np

    _exact(a_shape, b_shape)
    *a_batch, m, k = a_shape if len(a_shape) > 1 else [1, *a_shape]
    *b_batch, _, n = b_shape if len(b_shape) > 1 else [*b_shape, 1]
    batch = np.broadcast_shapes(tuple(a_batch), tuple(b_batch))
    return int(np.prod([2, *batch, m, k, n]))


def two_layer_flops(batch, d_in, d_hidden, d_out, x_needs_grad):
    first, second = 2 * batch * d_in * d_hidden, 2 * batch * d_hidden * d_out
    backward = {"grad_w2": second, "grad_h1": second, "grad_w1": first, "grad_x": first * x_needs_grad}
    return {"h1": first, "h2": second} | backward
