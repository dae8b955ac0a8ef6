"""Task 4.6."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

_GB = {
    "PCIe 4.0 x16": 32,
    "PCIe 5.0 x16": 64,
    "NVLink 3": 300,
    "NVLink 4": 450,
    "NVLink 5": 900,
    "A100 memory": 2039,
    "H100 memory": 3350,
    "H200 memory": 4800,
    "B200 memory": 8000,
}


def bandwidth(link):
    return int(Decimal(_GB[link]).scaleb(9))


def transfer_us(n_bytes, link):
    return ceil(Fraction(n_bytes * 10**6, bandwidth(link)))


def matmul_bytes(m, k, n, itemsize):
    return itemsize * (m * k + k * n + m * n)


def _roof(flops, n_bytes, bytes_per_s):
    if n_bytes < 1:
        raise ValueError(f"n_bytes={n_bytes} is below 1")
    return Fraction(flops, n_bytes) * bytes_per_s


def attainable_flops(flops, n_bytes, peak, bytes_per_s):
    return floor(min(peak, _roof(flops, n_bytes, bytes_per_s)))


def bound_by(flops, n_bytes, peak, bytes_per_s):
    return ("compute", "memory")[_roof(flops, n_bytes, bytes_per_s) < peak]


def least_rows(k, n, itemsize, peak, bytes_per_s):
    ridge = Fraction(peak, bytes_per_s)
    slope = 2 * k * n - ridge * itemsize * (k + n)
    return ceil(ridge * itemsize * k * n / slope) if slope > 0 else None
