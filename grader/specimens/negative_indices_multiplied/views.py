def storage_position(index, shape, strides, offset):
    if len(index) != len(shape):
        raise IndexError(f"{index}")
    for number, size in zip(index, shape):
        if not -size <= number < size:
            raise IndexError(f"{number}")
    return offset + sum(number * stride for number, stride in zip(index, strides))
