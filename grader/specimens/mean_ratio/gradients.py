_by_rank = spread


def spread(ratios):
    return _by_rank(ratios) | {"median": sum(ratios) / len(ratios)}
