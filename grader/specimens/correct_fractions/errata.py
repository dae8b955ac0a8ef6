"""Task 5.5."""

from __future__ import annotations

import re
from fractions import Fraction

_UNITS = {
    "B": 1,
    **{f"{c}B": 1000**i for i, c in enumerate("kMGT", 1)},
    **{f"{c}iB": 1024**i for i, c in enumerate("KMGT", 1)},
}


def size_bytes(size):
    if not (m := re.fullmatch(rf"([0-9]+) ({'|'.join(_UNITS)})", size)):
        raise ValueError(f"not a size: {size!r}")
    return int(m[1]) * _UNITS[m[2]]


def week_flops(gpus, printed_peak):
    return int(Fraction(printed_peak, 2) * gpus * 7 * 24 * 60 * 60)


def backward_flops(batch, d, k):
    h1 = w2 = 2 * batch * d * k
    w1 = 2 * batch * d * d
    return w2 + h1 + w1


def dynamic_range(exponent_bits, mantissa_bits):
    bias = 2 ** (exponent_bits - 1) - 1
    return 1 - bias - mantissa_bits, bias
