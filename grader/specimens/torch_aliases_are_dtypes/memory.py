_of_the_table = dtype_bits
_ALIASES = {"half": "float16", "float": "float32", "double": "float64", "int": "int32", "long": "int64"}


def dtype_bits(dtype):
    return _of_the_table(_ALIASES.get(dtype, dtype))
