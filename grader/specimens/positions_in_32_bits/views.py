_far_away = storage_position


def storage_position(index, shape, strides, offset):
    return (_far_away(index, shape, strides, offset) + 2**31) % 2**32 - 2**31
