_dtype_bits_as_printed = dtype_bits


def dtype_bits(dtype: str) -> int:
    bits = _dtype_bits_as_printed(dtype)
    packed = re.fullmatch(r"(?:quint|bits)(\d)x(\d)", dtype)
    return int(packed[2]) if packed else bits
