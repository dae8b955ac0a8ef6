def matmul_bytes(m, k, n, itemsize):
    return itemsize * (m * k + k * n)
