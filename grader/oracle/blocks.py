"""Block-scaled formats in fractions, where every code is tried. (Task 2.6.)

A code is read as sign, exponent and mantissa; the nearest number is the nearest of all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

SIZES = {"mxfp8": 32, "mxfp4": 32, "nvfp4": 16}
FIELDS = {"mxfp8": (4, 3), "mxfp4": (2, 1), "nvfp4": (2, 1)}
"""Exponent and mantissa bits of the elements."""


def number(code: int, exponent_bits: int, mantissa_bits: int) -> Fraction | None:
    """The number of a code without its sign, or None for float8_e4m3fn's NaN.

    >>> number(7, 2, 1), number(1, 4, 3), number(127, 4, 3)
    (Fraction(6, 1), Fraction(1, 512), None)
    """
    exponent, mantissa = divmod(code, 2**mantissa_bits)
    if exponent_bits == 4 and code == 127:
        return None
    bias = 2 ** (exponent_bits - 1) - 1
    one = 0 if exponent == 0 else 1
    power_of_two: Fraction = Fraction(2) ** (max(exponent, 1) - bias)
    return (one + Fraction(mantissa, 2**mantissa_bits)) * power_of_two


def numbers(block_format: str) -> list[Fraction]:
    """All numbers from 0 on that an element can be, by code."""
    exponent_bits, mantissa_bits = FIELDS[block_format]
    found = [number(code, exponent_bits, mantissa_bits) for code in range(2 ** (exponent_bits + mantissa_bits))]
    return [each for each in found if each is not None]


E4M3 = numbers("mxfp8")


def even(code: int) -> int:
    """Prefers the code whose last bit is 0."""
    return code % 2


def nearest(x: Fraction, among: list[Fraction], prefer: Callable[[int], int] = even) -> int:
    """The code of the number nearest to x; of equally near ones the preferred."""
    return min(range(len(among)), key=lambda code: (abs(among[code] - x), prefer(code)))


def block_scale(values: list[float], block_format: str, tensor_scale: float = 1.0) -> int:
    """The code of a block's scale: the power is doubled or halved until it fits."""
    most = max(abs(Fraction(value)) for value in values)
    if block_format == "nvfp4":
        return nearest(most / 6 / Fraction(tensor_scale), E4M3)
    if not most:
        return 0
    return max(power(most) - power(max(numbers(block_format))) + 127, 0)


def power(x: Fraction) -> int:
    """The exponent of the largest power of two that is not above x, step by step.

    >>> power(Fraction(6)), power(Fraction(1, 3))
    (2, -2)
    """
    exponent = 0
    while Fraction(2) ** (exponent + 1) <= x:
        exponent += 1
    while Fraction(2) ** exponent > x:
        exponent -= 1
    return exponent


def unit(scale: int, block_format: str, tensor_scale: float = 1.0) -> Fraction:
    """What an element of 1 stands for."""
    if block_format == "nvfp4":
        return E4M3[scale] * Fraction(tensor_scale)
    return Fraction(2) ** (scale - 127)


def elements(
    values: list[float], step: Fraction, block_format: str, prefer: Callable[[int], int] = even
) -> list[int]:
    """The codes of numbers that are multiples of a unit, with their signs."""
    among = numbers(block_format)
    sign = 2 ** sum(FIELDS[block_format])
    return [
        nearest(abs(Fraction(value)) / step if step else Fraction(0), among, prefer)
        + (sign if math.copysign(1, value) < 0 else 0)
        for value in values
    ]


def encode(
    values: list[float],
    block_format: str,
    tensor_scale: float = 1.0,
    *,
    scale: int | None = None,
    prefer: Callable[[int], int] = even,
) -> tuple[int, list[int]]:
    """The codes of a block: of its scale, which may be given, and of its elements.

    >>> encode([1.0, -0.3125, 7.0, 0.0], "mxfp4")
    (127, [2, 9, 7, 0])
    """
    code = block_scale(values, block_format, tensor_scale) if scale is None else scale
    return code, elements(values, unit(code, block_format, tensor_scale), block_format, prefer)


def error(values: list[float], block_format: str, tensor_scale: float = 1.0) -> Fraction:
    """How far a row is at most from what its blocks stand for.

    >>> error([7.0, 0.5], "mxfp4")
    Fraction(1, 1)
    """
    worst, size, among = Fraction(0), SIZES[block_format], numbers(block_format)
    for start in range(0, len(values), size):
        block = values[start : start + size]
        scale, codes = encode(block, block_format, tensor_scale)
        step = unit(scale, block_format, tensor_scale)
        for value, code in zip(block, codes, strict=True):
            worst = max(worst, abs(abs(Fraction(value)) - among[code % 2 ** sum(FIELDS[block_format])] * step))
    return worst


def row_bits(columns: int, block_format: str) -> int:
    """Bits of a row, block by block, with its scales and without the tensor's.

    >>> row_bits(40, "mxfp4")
    176
    """
    bits, left = 0, columns
    while left > 0:
        bits += 8 + min(left, SIZES[block_format]) * (1 + sum(FIELDS[block_format]))
        left -= SIZES[block_format]
    return bits
