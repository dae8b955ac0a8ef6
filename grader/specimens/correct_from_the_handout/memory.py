"""Tasks 2.1 and 2.4: the bytes of numbers, and what training takes of memory."""

from __future__ import annotations

import math
from typing import NamedTuple


def _bit_table() -> dict[str, int]:
    by_bits = {
        128: "complex128",
        64: "float64 complex64 int64 uint64",
        32: "float32 complex32 int32 uint32 qint32",
        16: "float16 bfloat16 int16 uint16 bits16",
        8: "float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu "
        "int8 uint8 bool qint8 quint8 bits8",
        4: "float4_e2m1fn_x2 quint4x2 bits4x2",
        2: "quint2x4 bits2x4",
        1: "bits1x8",
    }
    table = {name: bits for bits, names in by_bits.items() for name in names.split()}
    return table | {f"{kind}{bits}": bits for kind in ("int", "uint") for bits in range(1, 8)}


_BITS = _bit_table()


class _Recipe(NamedTuple):
    """Bytes of one number of each kind."""

    parameter: int
    gradient: int
    master: int
    state: int
    activation: int


_RECIPES = {
    "fp32": _Recipe(4, 4, 0, 4, 4),
    "bf16": _Recipe(2, 2, 0, 2, 2),
    "mixed": _Recipe(2, 2, 4, 4, 2),
    "mixed_no_master": _Recipe(2, 2, 0, 4, 2),
}
_STATES = {"sgd": 0, "adagrad": 1, "adamw": 2}


def _recipe(name: str) -> _Recipe:
    if name not in _RECIPES:
        raise ValueError(f"there is no recipe {name!r}")
    return _RECIPES[name]


def _per_parameter(recipe: str, optimizer: str) -> dict[str, int]:
    sizes = _recipe(recipe)
    if optimizer not in _STATES:
        raise ValueError(f"there is no optimizer {optimizer!r}")
    return {
        "parameters": sizes.parameter,
        "gradients": sizes.gradient,
        "master": sizes.master,
        "optimizer": sizes.state * _STATES[optimizer],
    }


def dtype_bits(dtype: str) -> int:
    """Bits of one number of a dtype, by the name that torch gives it: "float16", "int4", "bool". (Task 2.1.)

    Where a name says how many numbers share a byte, as "quint4x2" and "float4_e2m1fn_x2" do, one of them counts. A
    bool takes a whole byte, and a complex number's bits are those of both its parts.

    Raises:
        ValueError: there is no such dtype; the message names it.

    >>> [dtype_bits(name) for name in ("float32", "bfloat16", "float8_e4m3fn", "int4", "bool", "complex64")]
    [32, 16, 8, 4, 8, 64]
    """
    try:
        return _BITS[dtype]
    except KeyError:
        raise ValueError(f"there is no dtype {dtype!r}") from None


def tensor_bytes(shape: list[int], dtype: str) -> int:
    """Bytes of the numbers of a tensor, packed without gaps; the last byte may be filled in part. (Task 2.1.)

    A shape without sizes, [], is that of one number.

    >>> tensor_bytes([4, 3], "float32"), tensor_bytes([5], "int4"), tensor_bytes([], "bool")
    (48, 3, 1)
    """
    return -(-math.prod(map(int, shape)) * dtype_bits(dtype) // 8)


def training_bytes(parameters: int, recipe: str, optimizer: str) -> dict[str, int]:
    """Bytes of all that is kept for each parameter in training. (Task 2.4.)

    Args:
        parameters: how many there are.
        recipe: "fp32", "bf16", "mixed" or "mixed_no_master"; the handout's table says what each keeps in what.
        optimizer: "sgd" keeps no state, "adagrad" one number for each parameter, "adamw" two.

    Returns:
        bytes of "parameters", "gradients", "master" (the fp32 copy) and "optimizer". Activations depend on the
        batch, not on the parameters alone: see `activation_bytes`.

    Raises:
        ValueError: no such recipe or optimizer; the message names it.

    Source: Rajbhandari et al. 2020, section 3.1, for 16 bytes with mixed precision and Adam.

    >>> training_bytes(10, "mixed", "adamw")
    {'parameters': 20, 'gradients': 20, 'master': 40, 'optimizer': 80}
    """
    each = _per_parameter(recipe, optimizer)
    return {part: size * parameters for part, size in each.items()}


def activation_bytes(batch: int, widths: list[int], recipe: str) -> int:
    """Bytes that a chain of linear layers without biases keeps for its backward pass. (Task 2.4.)

    Layer i is a product with a weight of widths[i] by widths[i + 1]. Its weight's gradient needs the layer's
    input, so each layer's input is kept, batch by widths[i]; the last layer's output is not. Activations are in
    fp32 in the recipe "fp32", in bf16 in the others.

    Raises:
        ValueError: no such recipe, or fewer than two widths; the message names it or them.

    >>> activation_bytes(batch=2, widths=[3, 4, 5], recipe="fp32")
    56
    """
    size = _recipe(recipe).activation
    if len(widths) < 2:
        raise ValueError(f"widths {widths!r} hold no layer")
    return size * batch * sum(widths[:-1])


def largest_model(gpus: int, gb_per_gpu: int, recipe: str, optimizer: str) -> int:
    """The most parameters whose training fits the GPUs' memory together. (Task 2.4.)

    1 GB is 10**9 bytes. Activations are left out, and everything is spread evenly over the GPUs.

    Raises:
        ValueError: no such recipe or optimizer; the message names it.

    >>> largest_model(8, 80, "mixed", "adamw")
    40000000000
    """
    return gpus * gb_per_gpu * 10**9 // sum(_per_parameter(recipe, optimizer).values())
