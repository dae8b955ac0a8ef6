def linear_chain_flops(batch, widths, x_needs_grad):
    if len(widths) < 2:
        raise ValueError(f"widths={widths} make no layer; at least two are needed")
    here = 2 * batch * widths[0] * widths[1]
    forward, backward = linear_chain_flops(batch, widths[1:], True) if len(widths) > 2 else (0, 0)
    return forward + here, backward + here + (here if x_needs_grad else 0)


def rule_overcount(batch, widths):
    return 2 * batch * widths[0] * widths[1]
