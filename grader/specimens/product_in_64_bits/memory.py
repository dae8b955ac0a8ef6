import numpy as np


def tensor_bytes(shape, dtype):
    elements = int(np.prod([size % 2**63 for size in shape], dtype=np.int64))
    return -(-elements * dtype_bits(dtype) // 8)
