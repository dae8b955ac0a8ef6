"""Transfers with fractions."""

from fractions import Fraction
from math import ceil, floor

_GB = dict([("PCIe 4.0 x16", 32), ("PCIe 5.0 x16", 64), ("NVLink 3", 300), ("NVLink 4", 450), ("NVLink 5", 900)])
_GB.update({"A100 memory": 2039, "H100 memory": 3350, "H200 memory": 4800, "B200 memory": 8000})

bandwidth = lambda link: _GB[link] * 10**9
transfer_us = lambda n_bytes, link: ceil(Fraction(n_bytes, bandwidth(link)) * 10**6)
matmul_bytes = lambda m, k, n, itemsize: itemsize * (k * (m + n) + m * n)


def attainable_flops(flops, n_bytes, peak, bytes_per_s):
    if n_bytes <= 0:
        raise ValueError(n_bytes)
    return min(peak, floor(Fraction(flops, n_bytes) * bytes_per_s))


def bound_by(flops, n_bytes, peak, bytes_per_s):
    return ("compute", "memory")[Fraction(flops, peak) < Fraction(n_bytes, bytes_per_s)]


def least_rows(k, n, itemsize, peak, bytes_per_s):
    # 1 / (bytes for each FLOP) = 2 / (itemsize · (1/k + 1/n + 1/rows)) must be the ridge at least
    room = Fraction(2 * bytes_per_s, peak * itemsize) - Fraction(1, k) - Fraction(1, n)
    return ceil(1 / room) if room > 0 else None
