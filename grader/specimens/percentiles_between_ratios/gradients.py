_exact = spread


def spread(ratios):
    import numpy as np

    middle = _exact(ratios)
    low, high = np.percentile(ratios, [10, 90])
    return middle | {"p10": float(low), "p90": float(high)}
