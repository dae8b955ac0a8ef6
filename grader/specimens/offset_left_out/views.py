_from_offset = storage_position


def storage_position(index, shape, strides, offset):
    return _from_offset(index, shape, strides, 0)
