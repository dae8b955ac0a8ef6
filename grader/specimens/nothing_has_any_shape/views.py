_right_vs = view_strides


def view_strides(shape, strides, target):
    if 0 in shape and -1 not in target and min(target, default=0) >= 0:
        return contiguous_strides(target)
    return _right_vs(shape, strides, target)


def reshape_copies(shape, strides, target):
    return view_strides(shape, strides, target) is None
