"""Task 5.5: figures of lecture notes, put right."""

from __future__ import annotations

import re


def size_bytes(size: str) -> int:
    match = re.fullmatch(r"([0-9]+) (B|[kMGT]B|[KMGT]iB)", size)
    if match is None:
        raise ValueError(f"{size!r} is not a size")
    digits, unit = match.groups()
    base = 1024 if "i" in unit else 1000
    return int(digits.lstrip("0") or "0") * base ** "BKMGT".index(unit[0].upper())


def week_flops(gpus: int, printed_peak: int) -> int:
    return gpus * 7 * 24 * 3600 * printed_peak // 2


def backward_flops(batch: int, d: int, k: int) -> int:
    return 2 * batch * d * (2 * k + d)


def dynamic_range(exponent_bits: int, mantissa_bits: int) -> tuple[int, int]:
    bias = 2 ** (exponent_bits - 1) - 1
    return 1 - bias - mantissa_bits, bias
