"""Tasks 2.3 and 2.5: numbers of few bits, what they can't hold, and what that does to training."""

from __future__ import annotations

import math
from fractions import Fraction


_RECIPES = ("fp32", "bf16", "mixed", "mixed_no_master")
_KEPT = {
    "parameters": ("float32", "bfloat16", "bfloat16", "bfloat16"),
    "activations": ("float32", "bfloat16", "bfloat16", "bfloat16"),
    "gradients": ("float32", "bfloat16", "bfloat16", "bfloat16"),
    "accumulator": ("float32", "float32", "float32", "float32"),
    "master": ("none", "none", "float32", "none"),
    "optimizer": ("float32", "bfloat16", "float32", "float32"),
}


def _check_bits(exponent_bits: int, mantissa_bits: int) -> None:
    if exponent_bits not in range(2, 12):
        raise ValueError(f"exponent_bits={exponent_bits!r} is not in 2 to 11")
    if mantissa_bits not in range(1, 53):
        raise ValueError(f"mantissa_bits={mantissa_bits!r} is not in 1 to 52")


def _bias(exponent_bits: int) -> int:
    return 2 ** (exponent_bits - 1) - 1


def _nearest(x: float | Fraction, exponent_bits: int, mantissa_bits: int) -> float:
    top, bottom = x.as_integer_ratio()
    sign, top = (-1.0, -top) if top < 0 else (1.0, top)
    if not top:
        return 0.0
    bias, fraction_bits = _bias(exponent_bits), bottom.bit_length() - 1
    exponent = top.bit_length() - 1 - fraction_bits  # 2**exponent <= x < 2**(exponent + 1)
    unit = max(exponent, 1 - bias) - mantissa_bits  # numbers of the format are 2**unit apart here
    dropped = unit + fraction_bits
    if dropped <= 0:
        units = top << -dropped
    else:
        units, rest = divmod(top, 1 << dropped)
        half = 1 << (dropped - 1)
        units += rest > half or (rest == half and units % 2)
    if units.bit_length() - 1 + unit > bias:
        return sign * math.inf
    return sign * math.ldexp(units, unit)


def _exact_sum(a: float, b: float) -> Fraction:
    return Fraction(a) + Fraction(b)


def float_format(exponent_bits: int, mantissa_bits: int) -> dict[str, float]:
    _check_bits(exponent_bits, mantissa_bits)
    bias = _bias(exponent_bits)
    return {
        "largest": math.ldexp(2 ** (mantissa_bits + 1) - 1, bias - mantissa_bits),
        "smallest_normal": math.ldexp(1.0, 1 - bias),
        "smallest_subnormal": math.ldexp(1.0, 1 - bias - mantissa_bits),
        "epsilon": math.ldexp(1.0, -mantissa_bits),
    }


def round_to_format(x: float, exponent_bits: int, mantissa_bits: int) -> float:
    _check_bits(exponent_bits, mantissa_bits)
    if isinstance(x, float) and (x == 0 or not math.isfinite(x)):
        return float(x)
    return _nearest(x, exponent_bits, mantissa_bits)


def fate(x: float, exponent_bits: int, mantissa_bits: int) -> str:
    rounded = round_to_format(x, exponent_bits, mantissa_bits)
    if rounded == x:
        return "exact"
    if math.isinf(rounded):
        return "overflow"
    return "rounded" if rounded else "underflow"


def kept_in(tensor: str, recipe: str) -> str:
    if tensor not in _KEPT:
        raise ValueError(f"there is no kind of tensor {tensor!r}")
    if recipe not in _RECIPES:
        raise ValueError(f"there is no recipe {recipe!r}")
    return _KEPT[tensor][_RECIPES.index(recipe)]


def accumulate(values: list[float], exponent_bits: int, mantissa_bits: int) -> float:
    _check_bits(exponent_bits, mantissa_bits)
    total = 0.0
    for value in values:
        if math.isinf(total):
            break
        total = round_to_format(
            total + value if mantissa_bits <= 24 else _exact_sum(total, value), exponent_bits, mantissa_bits
        )
    return total


def stalled_sum(step: float, exponent_bits: int, mantissa_bits: int) -> float:
    _check_bits(exponent_bits, mantissa_bits)
    # Each step adds at least one unit in the last place, so there are at most about 2**(mantissa_bits + 1) of them.
    total, before = 0.0, None
    while total != before:
        before, total = total, round_to_format(total + step, exponent_bits, mantissa_bits)
    return total


def largest_loss_scale(gradients: list[float], exponent_bits: int, mantissa_bits: int) -> int:
    _check_bits(exponent_bits, mantissa_bits)
    largest = max((abs(Fraction(gradient)) for gradient in gradients), default=Fraction(0))
    if not largest:
        raise ValueError("no gradient is other than zero, so there is no largest scale")
    # What is below the middle between the largest number and the next power of two is rounded down, and fits; the middle
    # itself would go to the even one, which is an infinity.
    middle = (2 - Fraction(1, 2 ** (mantissa_bits + 1))) * 2 ** _bias(exponent_bits)
    if largest >= middle:
        raise ValueError(f"overflow: {max(gradients, key=abs)!r} does not fit without any scale")
    room = middle / largest
    exponent = room.numerator.bit_length() - room.denominator.bit_length()  # off by one at most
    while 2**exponent * largest >= middle:
        exponent -= 1
    return 2**exponent
