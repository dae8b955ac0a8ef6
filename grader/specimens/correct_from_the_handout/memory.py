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
    try:
        return _BITS[dtype]
    except KeyError:
        raise ValueError(f"there is no dtype {dtype!r}") from None


def tensor_bytes(shape: list[int], dtype: str) -> int:
    return -(-math.prod(map(int, shape)) * dtype_bits(dtype) // 8)


def training_bytes(parameters: int, recipe: str, optimizer: str) -> dict[str, int]:
    each = _per_parameter(recipe, optimizer)
    return {part: size * parameters for part, size in each.items()}


def activation_bytes(batch: int, widths: list[int], recipe: str) -> int:
    size = _recipe(recipe).activation
    if len(widths) < 2:
        raise ValueError(f"widths {widths!r} hold no layer")
    return size * batch * sum(widths[:-1])


def largest_model(gpus: int, gb_per_gpu: int, recipe: str, optimizer: str) -> int:
    return gpus * gb_per_gpu * 10**9 // sum(_per_parameter(recipe, optimizer).values())


def largest_batch(gb: int, widths: list[int], recipe: str, optimizer: str) -> int:
    row = activation_bytes(1, widths, recipe)
    weights = sum(widths[i] * widths[i + 1] for i in range(len(widths) - 1))
    free = gb * 10**9 - weights * sum(_per_parameter(recipe, optimizer).values())
    return free // row if free > 0 else 0
