def rule_overcount(batch, widths):
    import numpy as np

    layers = np.multiply(widths[:-1], widths[1:])
    exact = 6 * layers.sum() - 2 * layers[0]
    return int(batch * (6 * layers.sum() - exact))
