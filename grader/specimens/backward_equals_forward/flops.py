def linear_chain_flops(batch, widths, x_needs_grad):
    """Backward as forward."""
    if len(widths) < 2:
        raise ValueError(f"widths={widths}")
    forward = sum(2 * batch * a * b for a, b in pairwise(widths))
    return forward, forward if x_needs_grad else forward - 2 * batch * widths[0] * widths[1]


def rule_overcount(batch, widths):
    """As in the reference."""
    return 2 * batch * widths[0] * widths[1]
