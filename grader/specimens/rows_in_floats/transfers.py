import math


def least_rows(k, n, itemsize, peak, bytes_per_s):
    gained = 2 * k * n * bytes_per_s - peak * itemsize * (k + n)
    return math.ceil(peak * itemsize * k * n / gained) if gained > 0 else None
