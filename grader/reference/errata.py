"""Task 5.5: figures of lecture notes, put right."""

from __future__ import annotations

_UNITS = {"B": 1}
_UNITS |= {f"{prefix}B": 1000**n for n, prefix in enumerate("kMGT", start=1)}
_UNITS |= {f"{prefix}iB": 1024**n for n, prefix in enumerate("KMGT", start=1)}
_WEEK_S = 7 * 24 * 3600


def size_bytes(size: str) -> int:
    """Bytes of a size such as "80 GB" or "80 GiB": a whole number, a space, a unit. (Task 5.5.)

    The number has digits 0 to 9 only, and nothing stands before, behind or in between; zeros in front of it change
    nothing. The units are B; kB, MB, GB and TB, powers of 1000; KiB, MiB, GiB and TiB, powers of 1024.

    Raises:
        ValueError: it is not such a size; the message names it.

    >>> size_bytes("80 GB"), size_bytes("80 GiB")
    (80000000000, 85899345920)
    """
    number, _, unit = size.partition(" ")
    if not (number.isascii() and number.isdigit()) or unit not in _UNITS:
        raise ValueError(f"{size!r} is no size; write it as '80 GB', with one of {', '.join(_UNITS)}")
    return int(number) * _UNITS[unit]


def week_flops(gpus: int, printed_peak: int) -> int:
    """FLOPs that GPUs can do in a week of dense work, from the peak that their data sheet prints. (Task 5.5.)

    The printed peak, in FLOPs per second, is that with sparsity: an even number, twice the dense peak.

    >>> week_flops(gpus=8, printed_peak=1979 * 10**12)
    4787596800000000000000
    """
    return gpus * _WEEK_S * printed_peak // 2


def backward_flops(batch: int, d: int, k: int) -> int:
    """FLOPs of the backward pass of the notes' model, whose input needs no gradient. (Task 5.5.)

    The model is h1 = x @ w1, h2 = h1 @ w2, with x (batch, d), w1 (d, d), w2 (d, k); the gradient of h2 is given.

    >>> backward_flops(batch=2, d=3, k=4)  # w2 and h1: 48 each; w1: 36
    132
    """
    return 4 * batch * d * k + 2 * batch * d * d


def dynamic_range(exponent_bits: int, mantissa_bits: int) -> tuple[int, int]:
    """Between which powers of two a float format's positive numbers lie. (Task 5.5.)

    Returns:
        (low, high): the smallest positive number, a subnormal one, is 2**low; the largest power of two is 2**high.
        The exponent above is kept for infinity. Both may be far beyond Python's floats.

    >>> dynamic_range(5, 10), dynamic_range(8, 7)  # float16, bfloat16
    ((-24, 15), (-133, 127))
    """
    bias = 2 ** (exponent_bits - 1) - 1
    return 1 - bias - mantissa_bits, bias
