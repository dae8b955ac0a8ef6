def training_flops(parameters, tokens):
    """Forward only."""
    return 2 * parameters * tokens


def rule_overcount(batch, widths):
    """As in the reference."""
    return 2 * batch * widths[0] * widths[1]
