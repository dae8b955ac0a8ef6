_of_known = allocated_bytes


def allocated_bytes(shape, itemsize, operations):
    known = [operation for operation in operations if operation[0] in _OPERATIONS]
    return _of_known(shape, itemsize, known or operations)
