_strictly = _resolved


def _resolved(target, elements):
    return _strictly([max(size, -1) for size in target], elements)
