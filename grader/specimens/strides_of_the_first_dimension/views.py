_row_major = contiguous_strides


def contiguous_strides(shape):
    return _row_major(shape[::-1])[::-1]
