_layers_wanted = linear_chain_flops


def linear_chain_flops(batch, widths, x_needs_grad):
    return (0, 0) if len(widths) < 2 else _layers_wanted(batch, widths, x_needs_grad)
