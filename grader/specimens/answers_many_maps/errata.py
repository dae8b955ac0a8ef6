def size_bytes(size):
    return [{}] * 1_000_000
