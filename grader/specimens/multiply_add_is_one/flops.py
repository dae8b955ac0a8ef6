_matmul_flops = matmul_flops


def matmul_flops(a_shape, b_shape):
    """Multiply-accumulates."""
    return _matmul_flops(a_shape, b_shape) // 2


def two_layer_flops(batch, d_in, d_hidden, d_out, x_needs_grad):
    """As in the reference, by its own product."""
    first, second = (
        _matmul_flops([batch, d_in], [d_in, d_hidden]),
        _matmul_flops([batch, d_hidden], [d_hidden, d_out]),
    )
    return {
        "h1": first,
        "h2": second,
        "grad_w2": second,
        "grad_h1": second,
        "grad_w1": first,
        "grad_x": first * x_needs_grad,
    }
