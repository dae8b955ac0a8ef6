"""Tasks 2.1 and 2.4."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

_BITS = {
    **{f"{kind}{n}": n for kind in ("int", "uint") for n in (*range(1, 8), 8, 16, 32, 64)},
    **{f"float{n}": n for n in (16, 32, 64)},
    **{f"complex{n}": n for n in (32, 64, 128)},
    **dict.fromkeys("float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu bool".split(), 8),
    **dict(bfloat16=16, float4_e2m1fn_x2=4, qint8=8, quint8=8, qint32=32, quint4x2=4, quint2x4=2),
    **dict(bits8=8, bits16=16, bits1x8=1, bits2x4=2, bits4x2=4),
}


class Unknown(KeyError, ValueError):
    """A name that is in no table."""


class Recipe(NamedTuple):
    parameters: int
    gradients: int
    master: int
    state: int
    activation: int


_RECIPES = dict(
    fp32=Recipe(4, 4, 0, 4, 4),
    bf16=Recipe(2, 2, 0, 2, 2),
    mixed=Recipe(2, 2, 4, 4, 2),
    mixed_no_master=Recipe(2, 2, 0, 4, 2),
)
_STATES = dict(sgd=0, adagrad=1, adamw=2)


def _of(table, name):
    try:
        return table[name]
    except KeyError:
        raise Unknown(name) from None


def dtype_bits(dtype):
    return _of(_BITS, dtype)


def tensor_bytes(shape, dtype):
    return math.ceil(Fraction(math.prod(shape) * dtype_bits(dtype), 8))


def training_bytes(parameters, recipe, optimizer):
    r = _of(_RECIPES, recipe)
    each = dict(
        parameters=r.parameters,
        gradients=r.gradients,
        master=r.master,
        optimizer=r.state * _of(_STATES, optimizer),
    )
    return {name: parameters * n for name, n in each.items()}


def activation_bytes(batch, widths, recipe):
    if len(widths) < 2:
        raise ValueError(f"no layer between widths {widths}")
    return batch * _of(_RECIPES, recipe).activation * sum(a for a, _ in pairwise(widths))


def largest_model(gpus, gb_per_gpu, recipe, optimizer):
    return gpus * gb_per_gpu * 10**9 // sum(training_bytes(1, recipe, optimizer).values())


def largest_batch(gb, widths, recipe, optimizer):
    each = activation_bytes(1, widths, recipe)
    held = sum(training_bytes(sum(a * b for a, b in pairwise(widths)), recipe, optimizer).values())
    return max(0, math.floor(Fraction(gb * 10**9 - held, each)))
