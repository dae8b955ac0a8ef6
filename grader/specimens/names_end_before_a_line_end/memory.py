_as_a_whole = dtype_bits


def dtype_bits(dtype):
    return _as_a_whole(dtype[:-1] if dtype.endswith("\n") else dtype)
