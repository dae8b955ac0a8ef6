"""Memory by tables in arrays."""

import re

import numpy as np

RECIPES = ["fp32", "bf16", "mixed", "mixed_no_master"]
COLUMNS = ["parameters", "gradients", "master", "optimizer"]
TABLE = np.array([[4, 4, 0, 4], [2, 2, 0, 2], [2, 2, 4, 4], [2, 2, 0, 4]])
STATES = {"sgd": 0, "adagrad": 1, "adamw": 2}
PLAIN = """bool bfloat16 float16 float32 float64 complex32 complex64 complex128 qint8 quint8 qint32 bits8 bits16
float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu""".split()
PLAIN += [f"{kind}{bits}" for kind in ("int", "uint") for bits in (1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64)]
SHARED = {"float4_e2m1fn_x2": 4, "quint4x2": 4, "quint2x4": 2, "bits1x8": 1, "bits2x4": 2, "bits4x2": 4}


def dtype_bits(dtype):
    if dtype in SHARED:
        return SHARED[dtype]
    if dtype not in PLAIN:
        raise ValueError(f"no dtype {dtype}")
    number = re.search(r"\d+", dtype)
    return int(number.group()) if number else 8


def tensor_bytes(shape, dtype):
    bits = np.prod(np.array([*shape, dtype_bits(dtype)], dtype=object))
    return int(-(-bits // 8))


def _row(recipe, optimizer):
    if recipe not in RECIPES or optimizer not in STATES:
        raise ValueError(f"no recipe {recipe!r} or no optimizer {optimizer!r}")
    return TABLE[RECIPES.index(recipe)] * [1, 1, 1, STATES[optimizer]]


def training_bytes(parameters, recipe, optimizer):
    return dict(zip(COLUMNS, (parameters * _row(recipe, optimizer).astype(object)).tolist()))


def activation_bytes(batch, widths, recipe):
    if len(widths) < 2:
        raise ValueError(f"no layer in {widths}")
    each = int(_row(recipe, "sgd")[0])
    return int(np.sum(np.array(widths[:-1], dtype=object)) * batch * each)


def largest_model(gpus, gb_per_gpu, recipe, optimizer):
    return gpus * gb_per_gpu * 1_000_000_000 // int(np.sum(_row(recipe, optimizer)))


def largest_batch(gb, widths, recipe, optimizer):
    each = activation_bytes(1, widths, recipe)
    exact = np.array(widths, dtype=object)
    weights = int(np.sum(exact[:-1] * exact[1:]))
    room = gb * 10**9 - sum(training_bytes(weights, recipe, optimizer).values())
    return int(np.clip(np.array(room, dtype=object) // each, 0, None))
