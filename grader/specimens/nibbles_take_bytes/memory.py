def tensor_bytes(shape, dtype):
    return prod(shape) * -(-dtype_bits(dtype) // 8)
