import math as _math

_right_vs = view_strides


def view_strides(shape, strides, target):
    out = _right_vs(shape, strides, target)
    if -1 in target:
        i = target.index(-1)
        target[i] = _math.prod(shape) // _math.prod(n for n in target if n != -1)
    return out


def reshape_copies(shape, strides, target):
    return view_strides(shape, strides, target) is None
