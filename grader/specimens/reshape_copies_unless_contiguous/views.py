def reshape_copies(shape, strides, target):
    _resolved(target, prod(shape))
    return not is_contiguous(shape, strides)
