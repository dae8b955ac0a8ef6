def least_rows(k, n, itemsize, peak, bytes_per_s):
    gained = 2 * n * bytes_per_s - peak * itemsize
    return -(-peak * itemsize * n // gained) if gained > 0 else None
