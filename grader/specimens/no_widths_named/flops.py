_exact = linear_chain_flops


def linear_chain_flops(batch, widths, x_needs_grad):
    if not widths:
        raise ValueError("a chain needs a layer")
    return _exact(batch, widths, x_needs_grad)
