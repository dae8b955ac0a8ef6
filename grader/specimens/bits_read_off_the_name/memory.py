_of_the_table = dtype_bits


def dtype_bits(dtype):
    found = re.fullmatch(r"u?int(\d+)", dtype)
    return int(found[1]) if found else _of_the_table(dtype)
