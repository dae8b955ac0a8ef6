import math as _math


def reshape_copies(shape, strides, target):
    found = view_strides(shape, strides, target)
    if -1 in target:
        place = target.index(-1)
        target[place] = _math.prod(shape) // _math.prod(n for n in target if n != -1)
    return found is None
