def tensor_bytes(shape, dtype):
    row = -(-prod(shape[-1:]) * dtype_bits(dtype) // 8)
    return prod(shape[:-1]) * row
