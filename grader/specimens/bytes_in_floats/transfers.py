def matmul_bytes(m, k, n, itemsize):
    return int(float(itemsize) * (float(m) * k + float(k) * n + float(m) * n))
