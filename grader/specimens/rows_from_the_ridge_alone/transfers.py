def least_rows(k, n, itemsize, peak, bytes_per_s):
    return -(-peak * itemsize // (2 * bytes_per_s))
