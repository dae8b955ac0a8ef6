"""Task 4.6: moving data, arithmetic intensity and the roofline."""

from __future__ import annotations


_GB_PER_S = {
    "PCIe 4.0 x16": 32,
    "PCIe 5.0 x16": 64,
    "NVLink 3": 300,
    "NVLink 4": 450,
    "NVLink 5": 900,
    "A100 memory": 2_039,
    "H100 memory": 3_350,
    "H200 memory": 4_800,
    "B200 memory": 8_000,
}


def bandwidth(link: str) -> int:
    if link not in _GB_PER_S:
        raise ValueError(f"there is no link {link!r}")
    return _GB_PER_S[link] * 10**9


def transfer_us(n_bytes: int, link: str) -> int:
    return -(-n_bytes * 10**6 // bandwidth(link))


def matmul_bytes(m: int, k: int, n: int, itemsize: int) -> int:
    return itemsize * (m * k + k * n + m * n)


def attainable_flops(flops: int, n_bytes: int, peak: int, bytes_per_s: int) -> int:
    if n_bytes < 1:
        raise ValueError(f"n_bytes={n_bytes!r} is below 1")
    return min(peak, flops * bytes_per_s // n_bytes)


def bound_by(flops: int, n_bytes: int, peak: int, bytes_per_s: int) -> str:
    return "memory" if flops * bytes_per_s < peak * n_bytes else "compute"


def least_rows(k: int, n: int, itemsize: int, peak: int, bytes_per_s: int) -> int | None:
    def enough(m: int) -> bool:
        return bound_by(2 * m * k * n, matmul_bytes(m, k, n, itemsize), peak, bytes_per_s) == "compute"

    if 2 * k * n * bytes_per_s <= peak * itemsize * (k + n):
        return None
    high = 1
    while not enough(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
