_exact = spread


def spread(ratios):
    from math import ceil

    middle, ranked = _exact(ratios), sorted(ratios)
    low, high = (ranked[ceil(len(ranked) / 100 * percent) - 1] for percent in (10, 90))
    return middle | {"p10": low, "p90": high}
