"""Tasks 2.3 and 2.5: numbers of few bits, what they can't hold, and what that does to training."""

from __future__ import annotations


def float_format(exponent_bits: int, mantissa_bits: int) -> dict[str, float]:
    """The limits of a float format with a sign bit, as IEEE 754 defines such formats. (Task 2.3.)

    The exponent's bias is 2**(exponent_bits - 1) - 1; its highest code is kept for infinities and NaN, its lowest
    for zero and subnormal numbers. All results are exact.

    Args:
        exponent_bits: 2 to 11.
        mantissa_bits: stored bits, 1 to 52; the leading 1 of a normal number is not stored.

    Returns:
        "largest" finite number, "smallest_normal", "smallest_subnormal", and "epsilon", the distance from 1 to the
        next number.

    Raises:
        ValueError: a number of bits is out of range; the message names it.

    >>> float_format(exponent_bits=5, mantissa_bits=10)["largest"]
    65504.0
    """
    raise NotImplementedError("Task 2.3: float_format in assignment/floats.py")


def round_to_format(x: float, exponent_bits: int, mantissa_bits: int) -> float:
    """The number of the format that is nearest to x; of two equally near ones, the even one. (Task 2.3.)

    Even is the number whose last stored bit is 0. What rounds to above the largest number becomes an infinity; the
    sign is kept, that of zero too; infinities and NaN stay what they are.

    >>> round_to_format(1e-10, 5, 10), round_to_format(2049.0, 5, 10), round_to_format(65520.0, 5, 10)
    (0.0, 2048.0, inf)
    """
    raise NotImplementedError("Task 2.3: round_to_format in assignment/floats.py")


def fate(x: float, exponent_bits: int, mantissa_bits: int) -> str:
    """What becomes of a finite number in a format. (Task 2.3.)

    Returns:
        "overflow" when it becomes an infinity, "underflow" when it is not zero and becomes zero, "exact" when it
        stays what it is, else "rounded".

    >>> fate(1e-10, 5, 10), fate(1e-10, 8, 7), fate(7e4, 5, 10), fate(0.5, 5, 10)
    ('underflow', 'rounded', 'overflow', 'exact')
    """
    raise NotImplementedError("Task 2.3: fate in assignment/floats.py")


def kept_in(tensor: str, recipe: str) -> str:
    """The dtype in which training by a recipe keeps a kind of tensor, or "none" where it keeps none. (Task 2.5.)

    Args:
        tensor: "parameters", "activations", "gradients", "accumulator" (of sums in a matrix product), "master" (a
            copy of the parameters) or "optimizer" (its states).
        recipe: "fp32", "bf16", "mixed" or "mixed_no_master", as in `training_bytes`.

    Raises:
        ValueError: no such kind of tensor or recipe; the message names it.

    >>> kept_in("gradients", "mixed"), kept_in("master", "mixed"), kept_in("master", "bf16")
    ('bfloat16', 'float32', 'none')
    """
    raise NotImplementedError("Task 2.5: kept_in in assignment/floats.py")


def accumulate(values: list[float], exponent_bits: int, mantissa_bits: int) -> float:
    """The sum of a format's numbers, from left to right from 0, rounded after each addition. (Task 2.5.)

    What is infinite once stays so.

    >>> accumulate([1.0] * 1000, exponent_bits=8, mantissa_bits=7)
    256.0
    """
    raise NotImplementedError("Task 2.5: accumulate in assignment/floats.py")


def stalled_sum(step: float, exponent_bits: int, mantissa_bits: int) -> float:
    """Where a sum of ever the same number of a format stops to grow, rounded after each addition. (Task 2.5.)

    The number is 0 or more. The result is an infinity when it is so large that the sum overflows first.

    >>> stalled_sum(1.0, exponent_bits=8, mantissa_bits=7), stalled_sum(3.0, exponent_bits=5, mantissa_bits=2)
    (256.0, 32.0)
    """
    raise NotImplementedError("Task 2.5: stalled_sum in assignment/floats.py")


def largest_loss_scale(gradients: list[float], exponent_bits: int, mantissa_bits: int) -> int:
    """The largest power of two, 1 or more, by which no gradient overflows when multiplied. (Task 2.5.)

    Gradients are finite, and need not be numbers of the format; one overflows when `fate` says so. The scale is an
    int, and may be larger than any float.

    Raises:
        ValueError: a gradient overflows without any scale, or all are zero, so that there is no largest one. The
            message holds the word "overflow" or "zero".

    >>> largest_loss_scale([1e-8, 2.0**-10], exponent_bits=5, mantissa_bits=10)
    33554432
    """
    raise NotImplementedError("Task 2.5: largest_loss_scale in assignment/floats.py")
