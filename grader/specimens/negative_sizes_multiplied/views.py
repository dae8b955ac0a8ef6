_strict = _resolved


def _resolved(target, elements):
    if min(target, default=0) < -1 and -1 not in target and prod(target) == elements:
        return target
    return _strict(target, elements)
