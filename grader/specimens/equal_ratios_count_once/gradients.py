_exact = spread


def spread(ratios):
    return _exact(sorted({*ratios}))
