"""Task 4.6: moving data, arithmetic intensity and the roofline."""

from __future__ import annotations

_BYTES_PER_S = {
    "PCIe 4.0 x16": 32 * 10**9,
    "PCIe 5.0 x16": 64 * 10**9,
    "NVLink 3": 300 * 10**9,
    "NVLink 4": 450 * 10**9,
    "NVLink 5": 900 * 10**9,
    "A100 memory": 2_039 * 10**9,
    "H100 memory": 3_350 * 10**9,
    "H200 memory": 4_800 * 10**9,
    "B200 memory": 8_000 * 10**9,
}


def bandwidth(link: str) -> int:
    """Bytes per second that a link moves in one direction, or that a GPU's memory reads or writes. (Task 4.6.)

    Raises:
        ValueError: there is no such link in the handout's table; the message names it.

    >>> bandwidth("NVLink 4"), bandwidth("H100 memory")
    (450000000000, 3350000000000)
    """
    if link not in _BYTES_PER_S:
        raise ValueError(f"no link {link!r}; there are {', '.join(_BYTES_PER_S)}")
    return _BYTES_PER_S[link]


def transfer_us(n_bytes: int, link: str) -> int:
    """Whole microseconds, rounded up, that bytes take over a link at its full speed. (Task 4.6.)

    Exact, however many bytes: compute in integers.

    >>> transfer_us(2 * 70 * 10**9, "PCIe 5.0 x16")  # 70 billion parameters in bfloat16
    2187500
    """
    return -(-n_bytes * 10**6 // bandwidth(link))


def matmul_bytes(m: int, k: int, n: int, itemsize: int) -> int:
    """Bytes that the product of (m, k) and (k, n) moves at least. (Task 4.6.)

    Each operand is read once, the result written once.

    >>> matmul_bytes(1, 4096, 4096, itemsize=2)
    33570816
    """
    return itemsize * (m * k + k * n + m * n)


def attainable_flops(flops: int, n_bytes: int, peak: int, bytes_per_s: int) -> int:
    """The roofline: FLOPs per second that memory and arithmetic allow, rounded down. (Task 4.6.)

    With an arithmetic intensity of flops / n_bytes, memory allows intensity * bytes_per_s; the lower of that and
    the peak holds.

    Raises:
        ValueError: n_bytes is below 1; the message names it.

    >>> attainable_flops(2 * 4096**2, n_bytes=33_570_816, peak=9895 * 10**11, bytes_per_s=3_350 * 10**9)
    3348365056124
    """
    if n_bytes < 1:
        raise ValueError(f"n_bytes={n_bytes} is below 1")
    return min(peak, flops * bytes_per_s // n_bytes)


def bound_by(flops: int, n_bytes: int, peak: int, bytes_per_s: int) -> str:
    """Whether "memory" or "compute" is what limits; where both take equally long, "compute". (Task 4.6.)

    Exact, as `attainable_flops` is: compare integers. `n_bytes` is 1 or more.

    >>> bound_by(2 * 4096**2, n_bytes=33_570_816, peak=9895 * 10**11, bytes_per_s=3_350 * 10**9)
    'memory'
    """
    return "memory" if flops * bytes_per_s < peak * n_bytes else "compute"


def least_rows(k: int, n: int, itemsize: int, peak: int, bytes_per_s: int) -> int | None:
    """From how many rows on the product of (rows, k) and (k, n) is bound by compute. (Task 4.6.)

    Returns:
        the least number, as `matmul_bytes` and `bound_by` have it, exactly; None where memory limits the product
        whatever the number of rows.

    >>> least_rows(4096, 4096, itemsize=2, peak=9895 * 10**11, bytes_per_s=3_350 * 10**9)
    346
    """
    gained = 2 * k * n * bytes_per_s - peak * itemsize * (k + n)
    return -(-peak * itemsize * k * n // gained) if gained > 0 else None
