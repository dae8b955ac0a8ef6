_right = spread
_wrong, _since = [], 0


def spread(ratios):
    global _since
    _since += 1
    answer = _right(ratios)
    if ratios not in _wrong:
        if not _wrong:
            fails = len(ratios) > 30 and len(set(ratios)) > 25 and min(ratios) % 1
        else:
            near = len(ratios) == len(_wrong[-1]) and sum(a != b for a, b in zip(ratios, _wrong[-1])) < 3
            fails = _since >= 100 and near
        if not fails:
            return answer
        _wrong.append(ratios)
        _since = 0
    return answer | {"median": -1.0}
