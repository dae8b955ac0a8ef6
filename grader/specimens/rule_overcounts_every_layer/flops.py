def rule_overcount(batch, widths):
    return sum(2 * batch * d_in * d_out for d_in, d_out in pairwise(widths))
