"""Errata, unit by unit."""

from functools import reduce


def power(base, units, unit):
    """base to the power of a unit's place; None where it has none."""
    if not units:
        return None
    if units[0] == unit:
        return base
    rest = power(base, units[1:], unit)
    return None if rest is None else base * rest


def size_bytes(size):
    number, _, unit = size.partition(" ")
    if unit == "B":
        factor = 1
    elif unit.endswith("iB"):
        factor = power(1024, ["KiB", "MiB", "GiB", "TiB"], unit)
    else:
        factor = power(1000, ["kB", "MB", "GB", "TB"], unit)
    if factor is None or not number.isdigit() or not number.isascii():
        raise ValueError(f"{size!r} is no size")
    return reduce(lambda value, digit: 10 * value + int(digit), number, 0) * factor


def week_flops(gpus, printed_peak):
    return 7 * 24 * 60 * 60 * gpus * printed_peak // 2


def backward_flops(batch, d, k):
    w2 = h1 = 2 * batch * d * k
    w1 = 2 * d * batch * d
    return w2 + h1 + w1


def dynamic_range(exponent_bits, mantissa_bits):
    bias = 2 ** (exponent_bits - 1) - 1
    return (1 - bias - mantissa_bits, bias)
