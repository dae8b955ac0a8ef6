"""What the chapter prints, typed off: the table of links, and the roofline."""

import math


def bandwidth(link):
    return {
        "PCIe 4.0 x16": 32 * 10**9,
        "PCIe 5.0 x16": 64 * 10**9,
        "NVLink 3": 300 * 10**9,
        "NVLink 4": 450 * 10**9,
        "NVLink 5": 900 * 10**9,
        "A100 memory": 2039 * 10**9,
        "H100 memory": 3350 * 10**9,
        "H200 memory": 4800 * 10**9,
        "B200 memory": 8000 * 10**9,
    }[link]


def transfer_us(n_bytes, link):
    return math.ceil(n_bytes / bandwidth(link) * 1e6)


def matmul_bytes(m, k, n, itemsize):
    return itemsize * (m * k + k * n + m * n)


def attainable_flops(flops, n_bytes, peak, bytes_per_s):
    if n_bytes < 1:
        raise ValueError(n_bytes)
    return min(peak, flops * bytes_per_s // n_bytes)


def bound_by(flops, n_bytes, peak, bytes_per_s):
    return "memory" if flops / n_bytes < peak / bytes_per_s else "compute"
