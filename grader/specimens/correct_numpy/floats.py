"""Float formats by exponents and mantissas of NumPy's doubles; overflows are left to warn."""

import numpy as np


def float_format(exponent_bits, mantissa_bits):
    for name, bits, low, high in (("exponent", exponent_bits, 2, 11), ("mantissa", mantissa_bits, 1, 52)):
        if not low <= bits <= high:
            raise ValueError(f"{bits} {name} bits are not in {low} to {high}")
    bias = (1 << (exponent_bits - 1)) - 1
    epsilon = np.ldexp(1.0, -mantissa_bits)
    return {
        "largest": float(np.ldexp(2.0 - epsilon, bias)),
        "smallest_normal": float(np.ldexp(1.0, 1 - bias)),
        "smallest_subnormal": float(np.ldexp(1.0, 1 - bias - mantissa_bits)),
        "epsilon": float(epsilon),
    }


def round_to_format(x, exponent_bits, mantissa_bits):
    if x == 0 or not np.isfinite(x):
        return x
    limits = float_format(exponent_bits, mantissa_bits)
    lowest = 1 - ((1 << (exponent_bits - 1)) - 1)
    quantum = max(int(np.frexp(x)[1]) - 1, lowest) - mantissa_bits
    rounded = np.ldexp(np.rint(np.ldexp(np.float64(x), -quantum)), quantum)
    if abs(rounded) > limits["largest"]:
        return float(np.copysign(np.inf, x))
    return float(np.copysign(rounded, x))


def fate(x, exponent_bits, mantissa_bits):
    there = round_to_format(x, exponent_bits, mantissa_bits)
    cases = [np.isinf(there), there == 0 and x != 0, there == x, True]
    return ["overflow", "underflow", "exact", "rounded"][int(np.argmax(cases))]


ROWS = ["parameters", "activations", "gradients", "accumulator", "master", "optimizer"]
COLUMNS = ["fp32", "bf16", "mixed", "mixed_no_master"]
KEPT = np.array(
    [
        ["float32", "bfloat16", "bfloat16", "bfloat16"],
        ["float32", "bfloat16", "bfloat16", "bfloat16"],
        ["float32", "bfloat16", "bfloat16", "bfloat16"],
        ["float32", "float32", "float32", "float32"],
        ["none", "none", "float32", "none"],
        ["float32", "bfloat16", "float32", "float32"],
    ]
)


def kept_in(tensor, recipe):
    if tensor not in ROWS or recipe not in COLUMNS:
        raise ValueError(f"{tensor!r} or {recipe!r} is not in the table")
    return str(KEPT[ROWS.index(tensor), COLUMNS.index(recipe)])


def accumulate(values, exponent_bits, mantissa_bits):
    total = 0.0
    for value in np.array(values, dtype=float):
        total = round_to_format(float(total + value), exponent_bits, mantissa_bits)
    return total


def stalled_sum(step, exponent_bits, mantissa_bits):
    total = -1.0
    following = 0.0
    while following != total:
        total, following = following, round_to_format(following + step, exponent_bits, mantissa_bits)
    return total


def largest_loss_scale(gradients, exponent_bits, mantissa_bits):
    sizes = np.abs(np.array(gradients, dtype=float))
    if not np.any(sizes):
        raise ValueError("all gradients are zero")
    largest = float(np.max(sizes))
    if np.isinf(round_to_format(largest, exponent_bits, mantissa_bits)):
        raise ValueError(f"{largest} overflows by itself")
    exponent = 0
    while np.isfinite(round_to_format(float(np.ldexp(largest, exponent + 1)), exponent_bits, mantissa_bits)):
        exponent += 1
    return 2**exponent
