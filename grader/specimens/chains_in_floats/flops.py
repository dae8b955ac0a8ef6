def linear_chain_flops(batch, widths, x_needs_grad):
    if len(widths) < 2:
        raise ValueError(f"widths={widths} make no layer; at least two are needed")
    layers = [2.0 * batch * d_in * d_out for d_in, d_out in pairwise(widths)]
    return int(sum(layers)), int(2 * sum(layers) - (0.0 if x_needs_grad else layers[0]))


def rule_overcount(batch, widths):
    return 2 * batch * widths[0] * widths[1]
