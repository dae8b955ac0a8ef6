_in_range = storage_position


def storage_position(index, shape, strides, offset):
    turned = [n % size if n < 0 < size else n for n, size in zip(index, shape)]
    return _in_range(turned + index[len(turned) :], shape, strides, offset)
