"""Float formats with exact fractions."""

import math
from fractions import Fraction


def two(n):
    return Fraction(2) ** n


def float_format(exponent_bits, mantissa_bits):
    if exponent_bits < 2 or exponent_bits > 11:
        raise ValueError(f"exponent_bits={exponent_bits}")
    if mantissa_bits < 1 or mantissa_bits > 52:
        raise ValueError(f"mantissa_bits={mantissa_bits}")
    bias = 2 ** (exponent_bits - 1) - 1
    largest_code = 2**exponent_bits - 2
    limits = {
        "largest": (1 + (two(mantissa_bits) - 1) / two(mantissa_bits)) * two(largest_code - bias),
        "smallest_normal": two(1 - bias),
        "smallest_subnormal": two(1 - bias) / two(mantissa_bits),
        "epsilon": 1 / two(mantissa_bits),
    }
    return {name: float(limit) for name, limit in limits.items()}


def round_to_format(x, exponent_bits, mantissa_bits):
    if math.isnan(x) or math.isinf(x) or x == 0:
        return x
    exact, exponent = abs(Fraction(x)), 1 - (2 ** (exponent_bits - 1) - 1)
    while exact >= two(exponent + 1):
        exponent += 1
    step = two(exponent - mantissa_bits)
    steps, over = divmod(exact, step)
    if over > step / 2 or (over == step / 2 and steps % 2 == 1):
        steps += 1
    value = steps * step
    if value > Fraction(float_format(exponent_bits, mantissa_bits)["largest"]):
        return math.copysign(math.inf, x)
    return math.copysign(float(value), x)


def fate(x, exponent_bits, mantissa_bits):
    y = round_to_format(x, exponent_bits, mantissa_bits)
    if math.isinf(y):
        return "overflow"
    if x != 0 and y == 0:
        return "underflow"
    if y == x:
        return "exact"
    return "rounded"


def kept_in(tensor, recipe):
    if tensor not in ("parameters", "activations", "gradients", "accumulator", "master", "optimizer"):
        raise ValueError(f"no tensor {tensor}")
    if recipe not in ("fp32", "bf16", "mixed", "mixed_no_master"):
        raise ValueError(f"no recipe {recipe}")
    if tensor == "master":
        return "float32" if recipe == "mixed" else "none"
    if tensor == "accumulator" or recipe == "fp32":
        return "float32"
    if tensor == "optimizer" and recipe.startswith("mixed"):
        return "float32"
    return "bfloat16"


def accumulate(values, exponent_bits, mantissa_bits):
    total = 0.0
    for value in values:
        total = round_to_format(total + value, exponent_bits, mantissa_bits)
    return total


def stalled_sum(step, exponent_bits, mantissa_bits):
    total = 0.0
    while True:
        more = accumulate([total, step], exponent_bits, mantissa_bits)
        if more == total:
            return total
        total = more


def largest_loss_scale(gradients, exponent_bits, mantissa_bits):
    if all(gradient == 0 for gradient in gradients):
        raise ValueError("there are only zero gradients")
    fits = lambda scaled: all(not math.isinf(round_to_format(x, exponent_bits, mantissa_bits)) for x in scaled)
    if not fits(gradients):
        raise ValueError("a gradient overflows already")
    scale = 1
    while fits(gradients := [2 * gradient for gradient in gradients]):
        scale *= 2
    return scale
