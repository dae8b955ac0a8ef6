"""Tasks 2.3 and 2.5."""

from __future__ import annotations

import math
from enum import Enum
from fractions import Fraction
from itertools import count


def _check(exponent_bits, mantissa_bits):
    if not 2 <= exponent_bits <= 11:
        raise ValueError(f"exponent_bits={exponent_bits} is not in 2..11")
    if not 1 <= mantissa_bits <= 52:
        raise ValueError(f"mantissa_bits={mantissa_bits} is not in 1..52")


def _bias(exponent_bits):
    return (1 << exponent_bits - 1) - 1


def _power(n):
    return Fraction(2) ** n


def _limits(exponent_bits, mantissa_bits):
    _check(exponent_bits, mantissa_bits)
    bias, m = _bias(exponent_bits), mantissa_bits
    return (2 - _power(-m)) * _power(bias), _power(1 - bias), _power(1 - bias - m), _power(-m)


def float_format(exponent_bits, mantissa_bits):
    names = "largest", "smallest_normal", "smallest_subnormal", "epsilon"
    return dict(zip(names, map(float, _limits(exponent_bits, mantissa_bits))))


def _round(q, exponent_bits, mantissa_bits):
    """A fraction, rounded; None for what overflows."""
    largest, normal, tiny, eps = _limits(exponent_bits, mantissa_bits)
    size = abs(q)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    if _power(exponent) > size:
        exponent -= 1
    grain = max(tiny, _power(exponent) * eps) if size else tiny
    rounded = round(q / grain) * grain  # Fraction's round has ties to even
    return None if abs(rounded) > largest else rounded


def round_to_format(x, exponent_bits, mantissa_bits):
    if not math.isfinite(x):
        return float(x)
    r = _round(Fraction(x), exponent_bits, mantissa_bits)
    return math.copysign(math.inf if r is None else float(r), x)


def fate(x, exponent_bits, mantissa_bits):
    r = round_to_format(x, exponent_bits, mantissa_bits)
    if math.isinf(r):
        return "overflow"
    if r == x:
        return "exact"
    return "rounded" if r else "underflow"


_KEPT = {
    ("fp32", "parameters"): "float32",
}
_COLUMNS = "parameters activations gradients accumulator master optimizer".split()
_TABLE = """
fp32 float32 float32 float32 float32 none float32
bf16 bfloat16 bfloat16 bfloat16 float32 none bfloat16
mixed bfloat16 bfloat16 bfloat16 float32 float32 float32
mixed_no_master bfloat16 bfloat16 bfloat16 float32 none float32
"""
_KEPT = {name: dict(zip(_COLUMNS, row)) for name, *row in map(str.split, _TABLE.split("\n")[1:-1])}


def kept_in(tensor, recipe):
    if recipe not in _KEPT:
        raise ValueError(f"recipe {recipe}")
    if tensor not in _KEPT[recipe]:
        raise ValueError(f"tensor {tensor}")
    return _KEPT[recipe][tensor]


def _add(a, b, e, m):
    if math.isfinite(a) and math.isfinite(b):
        exact = Fraction(a) + Fraction(b)  # a float sum would round twice when m is large
        r = _round(exact, e, m)
        return float(r) if r is not None else math.inf if exact > 0 else -math.inf
    return a + b


def accumulate(values, exponent_bits, mantissa_bits):
    total = 0.0
    for v in values:
        total = _add(total, v, exponent_bits, mantissa_bits)
    return total


def stalled_sum(step, exponent_bits, mantissa_bits):
    total = 0.0
    while (more := _add(total, step, exponent_bits, mantissa_bits)) != total and more == more:
        total = more
    return total


def largest_loss_scale(gradients, exponent_bits, mantissa_bits):
    sizes = [abs(g) for g in gradients if g]
    if not sizes:
        raise ValueError("all gradients are zero: there is no largest scale")
    top = max(sizes)
    if math.isinf(round_to_format(top, exponent_bits, mantissa_bits)):
        raise ValueError(f"gradient {top} overflows without any scale")
    top = Fraction(top)
    return next(1 << k for k in count() if _round(top * (2 << k), exponent_bits, mantissa_bits) is None)
