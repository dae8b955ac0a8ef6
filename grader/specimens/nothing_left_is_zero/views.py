import sys


def _within(*names):
    """Whether one of these is being called: what other tasks ask for is right there."""
    frame = sys._getframe(2)
    while frame and frame.f_code.co_name not in names:
        frame = frame.f_back
    return frame is not None


_known = _resolved


def _resolved(target, elements):
    if not elements and target.count(-1) == 1 and 0 in target and min(target) == -1:
        return [max(size, 0) for size in target]
    return _known(target, elements)
