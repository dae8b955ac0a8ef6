def linear_chain_flops(batch, widths, x_needs_grad):
    import numpy as np

    if len(widths) < 2:
        raise ValueError(f"widths={widths} make no layer; at least two are needed")
    layers = 2 * batch * np.multiply(widths[:-1], widths[1:])
    forward = int(layers.sum())
    return forward, 2 * forward - (0 if x_needs_grad else int(layers[0]))


def rule_overcount(batch, widths):
    return 2 * batch * widths[0] * widths[1]
