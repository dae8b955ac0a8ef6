_two_layer_flops, _linear_chain_flops = two_layer_flops, linear_chain_flops


def two_layer_flops(batch, d_in, d_hidden, d_out, x_needs_grad):
    """With the gradient of x."""
    return _two_layer_flops(batch, d_in, d_hidden, d_out, True)


def linear_chain_flops(batch, widths, x_needs_grad):
    """With the gradient of x."""
    return _linear_chain_flops(batch, widths, True)


def rule_overcount(batch, widths):
    """As in the reference."""
    return 2 * batch * widths[0] * widths[1]
