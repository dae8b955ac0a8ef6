"""Task 2.6."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import count


class Wrong(KeyError, ValueError):
    pass


def _ieee(exponent_bits, mantissa_bits):
    """All numbers of so few bits, the highest exponent included, by code."""
    bias = 2 ** (exponent_bits - 1) - 1
    found = []
    for code in range(2 ** (exponent_bits + mantissa_bits)):
        exponent, mantissa = code >> mantissa_bits, code & (1 << mantissa_bits) - 1
        significand = Fraction(mantissa, 1 << mantissa_bits) + (exponent > 0)
        found.append(significand * Fraction(2) ** (max(1, exponent) - bias))
    return found


E4M3, E2M1 = _ieee(4, 3)[:127], _ieee(2, 1)
SHARED = {"mxfp8": (32, E4M3), "mxfp4": (32, E2M1), "nvfp4": (16, E2M1)}


def _of(block_format):
    try:
        return SHARED[block_format]
    except KeyError:
        raise Wrong(f"unknown format {block_format!r}") from None


def _bits(block_format):
    return 8 if _of(block_format)[1] is E4M3 else 4


def block_bytes(shape, block_format):
    size, _ = _of(block_format)
    numbers = math.prod(shape)
    if not numbers:
        return 0
    scales = math.ceil(Fraction(shape[-1], size)) * math.prod(shape[:-1])
    return math.ceil(Fraction(numbers * _bits(block_format), 8)) + scales + (4 if block_format == "nvfp4" else 0)


def longest_row(n_bytes, block_format):
    """By bisection."""
    low, high = 0, 2 * n_bytes + 1
    _of(block_format)
    while high - low > 1:
        middle = (low + high) // 2
        if block_bytes([middle], block_format) <= n_bytes:
            low = middle
        else:
            high = middle
    return low


def _signed(code, numbers):
    sign, magnitude = divmod(code, 128 if numbers is E4M3 else 8)
    if sign not in (0, 1):
        raise Wrong(f"no code {code}")
    if magnitude == len(numbers):
        return None, sign
    return numbers[magnitude], sign


def _stored(scale, block_format):
    if block_format == "nvfp4":
        if not 0 <= scale < 128:
            raise Wrong(f"no scale {scale}")
        return None if scale == 127 else E4M3[scale]
    if not 0 <= scale < 256:
        raise Wrong(f"no scale {scale}")
    return None if scale == 255 else Fraction(2) ** (scale - 127)


def _values(scale, codes, block_format, tensor_scale):
    _, numbers = _of(block_format)
    unit = _stored(scale, block_format)
    for code in codes:
        magnitude, sign = _signed(code, numbers)
        if unit is None or magnitude is None:
            yield None, sign
        else:
            yield magnitude * unit * Fraction(tensor_scale), sign


def decode_block(scale, codes, block_format, tensor_scale=1.0):
    return [
        math.copysign(math.nan if q is None else float(q), -1 if sign else 1)
        for q, sign in _values(scale, codes, block_format, tensor_scale)
    ]


def _round(q, numbers):
    """The code of a fraction: to even, and at most the last one."""
    for code, number in enumerate(numbers):
        if q <= number:
            if code == 0:
                return 0
            half = (numbers[code - 1] + number) / 2
            return code if q > half or (q == half and code % 2 == 0) else code - 1
    return len(numbers) - 1


def encode_block(values, block_format, tensor_scale=1.0):
    size, numbers = _of(block_format)
    if len(values) not in range(1, size + 1):
        raise Wrong(f"{len(values)} numbers in a block of {size}")
    for value in values:
        if value - value != 0:
            raise Wrong(f"what is {value}?")
    exact = [Fraction(value) for value in values]
    amax = max(map(abs, exact))
    if numbers is E2M1 and size == 16:
        scale = _round(amax / 6 / Fraction(tensor_scale), E4M3)
    elif amax == 0:
        scale = 0
    else:
        top = 256 if numbers is E4M3 else 4
        scale = next(n for n in count() if Fraction(2) ** (n - 126) * top > amax)
    unit = _stored(scale, block_format) * Fraction(tensor_scale)
    codes = []
    for value, q in zip(values, exact):
        code = _round(abs(q) / unit, numbers) if unit else 0
        codes.append(code + (math.copysign(1, value) < 0) * (128 if numbers is E4M3 else 8))
    return scale, codes


def tensor_scale(values):
    q = max(abs(Fraction(value)) for value in values) / 2688
    if not q:
        return 1.0
    place = Fraction(2) ** -149
    while q / place >= 2**24:
        place *= 2
    return float(round(q / place) * place) or 1.0


def _error(values, block_format):
    size, _ = _of(block_format)
    factor = tensor_scale(values) if block_format == "nvfp4" else 1
    worst = Fraction(0)
    for at in range(0, len(values), size):
        block = values[at : at + size]
        there = _values(*encode_block(block, block_format, factor), block_format, factor)
        worst = max(worst, *(abs(abs(Fraction(v)) - q) for v, (q, _) in zip(block, there)))
    return worst


def largest_error(values, block_format):
    return float(_error(values, block_format))


def smallest_format(values, bound):
    best = None
    for name in SHARED:
        if _error(values, name) <= Fraction(bound):
            taken = block_bytes([len(values)], name)
            if best is None or taken < best[0]:
                best = taken, name
    return best and best[1]


def optimizer_bytes(tensors, optimizer):
    if optimizer not in {"adamw", "adamw8bit", "muon"}:
        raise Wrong(f"unknown optimizer {optimizer!r}")

    def states(name, shape):
        n = math.prod(shape)
        if optimizer == "muon":
            return 4 * n if len(shape) == 2 and name not in {"embedding", "output"} else 8 * n
        if optimizer == "adamw" or n < 4096:
            return 8 * n
        return 2 * n + 8 * math.ceil(Fraction(n, 256))

    return sum(states(*item) for item in tensors.items())


def most_layers(n_bytes, outside, layer, kept, optimizer):
    def cost(tensors):
        return 8 * sum(math.prod(shape) for shape in tensors.values()) + optimizer_bytes(tensors, optimizer)

    room = n_bytes - cost(outside)
    if room < 0:
        raise Wrong(f"{n_bytes} bytes are {-room} too few")
    return math.floor(Fraction(room, cost(layer) + 2 * kept))
