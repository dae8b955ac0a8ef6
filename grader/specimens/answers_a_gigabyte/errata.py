def size_bytes(size):
    return [b"x" * (1 << 20)] * 1024
