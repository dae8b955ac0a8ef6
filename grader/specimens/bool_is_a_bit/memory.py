_full_bits = dtype_bits


def dtype_bits(dtype):
    return 1 if dtype == "bool" else _full_bits(dtype)
