"""Task 2.6: block-scaled formats, and the memory of training with blocks of 8-bit numbers."""

from __future__ import annotations


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
    raise NotImplementedError("Task 2.6: block_bytes in assignment/blocks.py")


def longest_row(n_bytes: int, block_format: str) -> int:
    """The most numbers that one row, a tensor of its own, can have in so many bytes, 0 or more. (Task 2.6.)

    Raises:
        ValueError: no such format; the message names it.

    >>> longest_row(22, "mxfp4"), longest_row(22, "nvfp4"), longest_row(1, "mxfp8")
    (40, 32, 0)
    """
    raise NotImplementedError("Task 2.6: longest_row in assignment/blocks.py")


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
    raise NotImplementedError("Task 2.6: decode_block in assignment/blocks.py")


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
    raise NotImplementedError("Task 2.6: encode_block in assignment/blocks.py")


def tensor_scale(values: list[float]) -> float:
    """The scale of a tensor in "nvfp4": with it, the largest block scale is 448, its format's largest. (Task 2.6.)

    It is the largest magnitude divided by 6 * 448, rounded to float32 (ties to even), or 1 where that is 0.

    >>> tensor_scale([5376.0, -1.0]), tensor_scale([0.0])
    (2.0, 1.0)
    """
    raise NotImplementedError("Task 2.6: tensor_scale in assignment/blocks.py")


def largest_error(values: list[float], block_format: str) -> float:
    """How far a row's numbers are at most from what is decoded after encoding, block by block. (Task 2.6.)

    The row is a tensor of its own, of one or more numbers of float32. In "nvfp4", its scale is that of
    `tensor_scale`.

    Raises:
        ValueError: no such format; the message names it.

    >>> largest_error([7.0, 0.5], "mxfp4"), largest_error([7.0, 0.5], "mxfp8")
    (1.0, 0.0)
    """
    raise NotImplementedError("Task 2.6: largest_error in assignment/blocks.py")


def smallest_format(values: list[float], bound: float) -> str | None:
    """The format with the fewest bytes in which a row's largest error is not above a bound. (Task 2.6.)

    Of formats that take the same, the first of "mxfp8", "mxfp4", "nvfp4"; None where every error is above.

    >>> smallest_format([7.0, 0.5, 0.25], bound=1.0), smallest_format([7.0, 0.5, 0.25], bound=0.0)
    ('mxfp4', 'mxfp8')
    """
    raise NotImplementedError("Task 2.6: smallest_format in assignment/blocks.py")


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
    raise NotImplementedError("Task 2.6: optimizer_bytes in assignment/blocks.py")


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
    raise NotImplementedError("Task 2.6: most_layers in assignment/blocks.py")
