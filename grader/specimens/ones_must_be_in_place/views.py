def is_contiguous(shape, strides):
    return 0 in shape or strides == contiguous_strides(shape)
