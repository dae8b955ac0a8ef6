"""Task 2.6: block-scaled formats, and the memory of training with blocks of 8-bit numbers."""

from __future__ import annotations

import math
import struct
from bisect import bisect_left
from typing import NamedTuple

_E4M3 = [m / 512 if e == 0 else (8 + m) * 2.0 ** (e - 10) for e in range(16) for m in range(8)][:-1]
"""The numbers of float8_e4m3fn from 0 on, in the order of their codes; the last code is NaN."""

_E2M1 = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0]
_NAN = 127


class _Format(NamedTuple):
    size: int
    bits: int
    numbers: list[float]
    has_tensor_scale: bool


_FORMATS = {
    "mxfp8": _Format(32, 8, _E4M3, False),
    "mxfp4": _Format(32, 4, _E2M1, False),
    "nvfp4": _Format(16, 4, _E2M1, True),
}
_OPTIMIZERS = ("adamw", "adamw8bit", "muon")
_SMALL = 4096
"""A tensor with fewer numbers keeps its states in fp32."""


def block_bytes(shape: list[int], block_format: str) -> int:
    """Bytes of a tensor in a block-scaled format, all its scales included. (Task 2.6.)

    Blocks lie along the last dimension. The last block of a row may have fewer numbers; it has a scale, too. The
    codes of all numbers are packed without gaps. A tensor without numbers takes no bytes.

    Args:
        shape: one size or more.
        block_format: "mxfp8", "mxfp4" or "nvfp4".

    Raises:
        ValueError: no such format; the message names it.

    >>> block_bytes([2, 40], "mxfp4"), block_bytes([2, 40], "nvfp4")
    (44, 50)
    """
    size, bits, _, has_tensor_scale = _known(block_format)
    *before, row = shape
    rows = math.prod(before)
    if rows * row == 0:
        return 0
    return 4 * has_tensor_scale + rows * -(-row // size) + -(-rows * row * bits // 8)


def longest_row(n_bytes: int, block_format: str) -> int:
    """The most numbers that one row, a tensor of its own, can have in so many bytes, 0 or more. (Task 2.6.)

    Raises:
        ValueError: no such format; the message names it.

    >>> longest_row(22, "mxfp4"), longest_row(22, "nvfp4"), longest_row(1, "mxfp8")
    (40, 32, 0)
    """
    size, bits, _, has_tensor_scale = _known(block_format)
    room = max(n_bytes - 4 * has_tensor_scale, 0)
    blocks, rest = divmod(room, 1 + size * bits // 8)
    return blocks * size + max(rest - 1, 0) * 8 // bits


def decode_block(scale: int, codes: list[int], block_format: str, tensor_scale: float = 1.0) -> list[float]:
    """The numbers that a block stands for: element times block scale times the tensor's scale. (Task 2.6.)

    Args:
        scale: the code of the block's scale: of E8M0, 0 to 255, or in "nvfp4" of E4M3, 0 to 127.
        codes: of the elements, 0 to 255 or 0 to 15.
        block_format: "mxfp8", "mxfp4" or "nvfp4".
        tensor_scale: of "nvfp4"; the other formats have none, and it is 1.

    Returns:
        exact floats, with the sign of zeros; NaN where the element is, and everywhere where the scale is.

    Raises:
        ValueError: no such format, or no such code; the message names it.

    >>> decode_block(130, [1, 7, 8, 13], "mxfp4")
    [4.0, 48.0, -0.0, -24.0]
    >>> decode_block(60, [1, 7], "nvfp4", tensor_scale=0.5)
    [0.375, 4.5]
    """
    known = _known(block_format)
    unit = _scale(scale, known) * tensor_scale
    return [unit * _element(code, known) for code in codes]


def encode_block(
    values: list[float],
    block_format: str,
    tensor_scale: float = 1.0,
) -> tuple[int, list[int]]:
    """The codes of a block's scale and of its elements. (Task 2.6.)

    An element is the number of its format that is nearest to value / (block scale * tensor scale); of two equally
    near ones that of the even code, and the largest where the quotient is larger. The sign of zeros is kept.

    The block's scale in "mxfp8" and "mxfp4" is 2**(floor(log2(amax)) - emax), where amax is the largest magnitude
    in the block and 2**emax the largest power of two among the format's elements, and 2**-127 where that would be
    less. In "nvfp4" it is the number of E4M3 nearest to amax / (6 * tensor scale), the largest where that is
    larger. In a block of zeros, and where the scale becomes 0, the scale's code is 0, and elements are zeros.

    Args:
        values: one to a block's size, each a number of float32.
        block_format: "mxfp8", "mxfp4" or "nvfp4".
        tensor_scale: of "nvfp4", a number of float32 above 0; the other formats have none, and it is 1.

    Raises:
        ValueError: no such format, no values or more than a block has, or one that is not finite; the message
            names the format, the number of values, or the value.

    Source: OCP Microscaling Formats (MX) 1.0; NVIDIA 2025, "Pretraining Large Language Models with NVFP4".

    >>> encode_block([1.0, -0.3125, 7.0, 0.0], "mxfp4")
    (127, [2, 9, 7, 0])
    >>> encode_block([1.0, -0.3125, 7.0, 0.0], "nvfp4")
    (57, [2, 9, 7, 0])
    """
    known = _known(block_format)
    if not 1 <= len(values) <= known.size:
        raise ValueError(f"{len(values)} values are not 1 to {known.size}")
    for value in values:
        if not math.isfinite(value):
            raise ValueError(f"{value} is not finite")
    most = max(map(abs, values))
    if known.has_tensor_scale:
        scale = _nearest(most / (6 * tensor_scale), _E4M3)
    else:
        scale = max(_exponent(most) - _exponent(known.numbers[-1]) + 127, 0) if most else 0
    unit = _scale(scale, known) * tensor_scale
    sign = 2 ** (known.bits - 1)
    return scale, [
        _nearest(abs(value) / unit if unit else 0.0, known.numbers) + sign * (math.copysign(1, value) < 0)
        for value in values
    ]


def tensor_scale(values: list[float]) -> float:
    """The scale of a tensor in "nvfp4": with it, the largest block scale is 448, its format's largest. (Task 2.6.)

    It is the largest magnitude divided by 6 * 448, rounded to float32 (ties to even), or 1 where that is 0.

    >>> tensor_scale([5376.0, -1.0]), tensor_scale([0.0])
    (2.0, 1.0)
    """
    (rounded,) = struct.unpack("f", struct.pack("f", max(map(abs, values)) / (6 * 448)))
    return rounded or 1.0


def largest_error(values: list[float], block_format: str) -> float:
    """How far a row's numbers are at most from what is decoded after encoding, block by block. (Task 2.6.)

    The row is a tensor of its own, of one or more numbers of float32. In "nvfp4", its scale is that of
    `tensor_scale`.

    Raises:
        ValueError: no such format; the message names it.

    >>> largest_error([7.0, 0.5], "mxfp4"), largest_error([7.0, 0.5], "mxfp8")
    (1.0, 0.0)
    """
    size, _, _, has_tensor_scale = _known(block_format)
    factor = tensor_scale(values) if has_tensor_scale else 1.0
    errors = []
    for start in range(0, len(values), size):
        block = values[start : start + size]
        decoded = decode_block(*encode_block(block, block_format, factor), block_format, factor)
        errors += [abs(value - there) for value, there in zip(block, decoded, strict=True)]
    return max(errors)


def smallest_format(values: list[float], bound: float) -> str | None:
    """The format with the fewest bytes in which a row's largest error is not above a bound. (Task 2.6.)

    Of formats that take the same, the first of "mxfp8", "mxfp4", "nvfp4"; None where every error is above.

    >>> smallest_format([7.0, 0.5, 0.25], bound=1.0), smallest_format([7.0, 0.5, 0.25], bound=0.0)
    ('mxfp4', 'mxfp8')
    """
    good = [name for name in _FORMATS if largest_error(values, name) <= bound]
    return min(good, key=lambda name: block_bytes([len(values)], name), default=None)


def optimizer_bytes(tensors: dict[str, list[int]], optimizer: str) -> int:
    """Bytes of an optimizer's states for a model's tensors. (Task 2.6.)

    "adamw" keeps two fp32 numbers for each parameter. "adamw8bit" keeps two states of one byte for each, in blocks
    of 256 with an fp32 scale; blocks begin anew in each tensor, and the last of them may be shorter. A tensor of
    fewer than 4096 parameters keeps both states in fp32. "muon" keeps one fp32 number for each parameter of a
    matrix, and is "adamw" for all other tensors, and for the ones named "embedding" and "output".

    Args:
        tensors: shapes by name; a matrix has two sizes, and a single number none.
        optimizer: "adamw", "adamw8bit" or "muon".

    Raises:
        ValueError: no such optimizer; the message names it.

    >>> [optimizer_bytes({"up": [64, 100]}, name) for name in ("adamw", "adamw8bit", "muon")]
    [51200, 13000, 25600]
    """
    if optimizer not in _OPTIMIZERS:
        raise ValueError(f"no optimizer {optimizer!r}; there are {', '.join(_OPTIMIZERS)}")
    total = 0
    for name, shape in tensors.items():
        numbers = math.prod(shape)
        if optimizer == "adamw8bit" and numbers >= _SMALL:
            total += 2 * (numbers + 4 * -(-numbers // 256))
        elif optimizer == "muon" and len(shape) == 2 and name not in ("embedding", "output"):
            total += 4 * numbers
        else:
            total += 8 * numbers
    return total


def most_layers(
    n_bytes: int, outside: dict[str, list[int]], layer: dict[str, list[int]], kept: int, optimizer: str
) -> int:
    """How many equal layers can be trained in so many bytes, with autocast to bfloat16. (Task 2.6.)

    Parameters and gradients are in fp32, the optimizer's states as `optimizer_bytes` has them, and the activations
    that are kept for the backward pass in bfloat16.

    Args:
        n_bytes: of memory.
        outside: tensors that the model has once, such as its embedding; nothing is kept for them.
        layer: tensors of one layer, at least one parameter.
        kept: activations that each layer keeps, in numbers.
        optimizer: as in `optimizer_bytes`.

    Raises:
        ValueError: no such optimizer, or not even what is outside fits; the message names it, or the bytes.

    >>> most_layers(10**6, {"embedding": [100, 64]}, {"up": [64, 100]}, kept=1000, optimizer="muon")
    11
    """
    once = _trained_bytes(outside, optimizer)
    if once > n_bytes:
        raise ValueError(f"{n_bytes} bytes don't hold the {once} of what is outside the layers")
    return (n_bytes - once) // (_trained_bytes(layer, optimizer) + 2 * kept)


def _trained_bytes(tensors: dict[str, list[int]], optimizer: str) -> int:
    """Bytes of parameters, gradients and states."""
    return 8 * sum(map(math.prod, tensors.values())) + optimizer_bytes(tensors, optimizer)


def _known(name: str) -> _Format:
    if name not in _FORMATS:
        raise ValueError(f"no format {name!r}; there are {', '.join(_FORMATS)}")
    return _FORMATS[name]


def _exponent(x: float) -> int:
    """That of the largest power of two that is not above x."""
    return math.frexp(x)[1] - 1


def _nearest(x: float, numbers: list[float]) -> int:
    """The code of the number nearest to x, which is not below 0; a tie goes to the even code."""
    above = bisect_left(numbers, x)
    codes = range(max(above - 1, 0), min(above + 1, len(numbers)))
    return min(codes, key=lambda code: (abs(numbers[code] - x), code % 2))


def _scale(code: int, known: _Format) -> float:
    nan = _NAN if known.has_tensor_scale else 255
    if not 0 <= code <= nan:
        raise ValueError(f"scale {code} is not in 0 to {nan}")
    if code == nan:
        return math.nan
    return _E4M3[code] if known.has_tensor_scale else math.ldexp(1, code - 127)


def _element(code: int, known: _Format) -> float:
    sign = 2 ** (known.bits - 1)
    if not 0 <= code < 2 * sign:
        raise ValueError(f"code {code} is not in 0 to {2 * sign - 1}")
    magnitude = known.numbers[code % sign] if code % sign < len(known.numbers) else math.nan
    return -magnitude if code >= sign else magnitude
