"""Memory, size by size."""

BITS = {
    64: "float64 complex64 int64 uint64",
    32: "float32 complex32 int32 uint32 qint32",
    16: "float16 bfloat16 int16 uint16 bits16",
    8: "float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu int8 uint8 bool qint8 quint8 bits8",
    128: "complex128",
    7: "int7 uint7",
    6: "int6 uint6",
    5: "int5 uint5",
    4: "int4 uint4 float4_e2m1fn_x2 quint4x2 bits4x2",
    3: "int3 uint3",
    2: "int2 uint2 quint2x4 bits2x4",
    1: "int1 uint1 bits1x8",
}


def dtype_bits(dtype, choices=tuple(BITS)):
    if not choices:
        raise ValueError(f"unknown: {dtype}")
    return choices[0] if dtype in BITS[choices[0]].split() else dtype_bits(dtype, choices[1:])


def bits(shape, each):
    return each if not shape else shape[0] * bits(shape[1:], each)


def tensor_bytes(shape, dtype):
    return (bits(shape, dtype_bits(dtype)) + 7) // 8


KEPT = {"fp32": (4, 4, 0, 4), "bf16": (2, 2, 0, 2), "mixed": (2, 2, 4, 4), "mixed_no_master": (2, 2, 0, 4)}


def training_bytes(parameters, recipe, optimizer):
    states = {"sgd": 0, "adagrad": 1, "adamw": 2}[optimizer]
    weight, gradient, master, state = KEPT[recipe]
    return {
        "optimizer": states * state * parameters,
        "master": master * parameters,
        "gradients": gradient * parameters,
        "parameters": weight * parameters,
    }


def activation_bytes(batch, widths, recipe):
    if len(widths) < 2:
        raise ValueError(f"{widths} is no chain")
    first = batch * widths[0] * (4 if recipe == "fp32" else 2 if KEPT[recipe] else 0)
    return first + (activation_bytes(batch, widths[1:], recipe) if len(widths) > 2 else 0)


def largest_model(gpus, gb_per_gpu, recipe, optimizer):
    return fit(gpus * gb_per_gpu * 10**9, sum(training_bytes(1, recipe, optimizer).values()), 0, 1)


def fit(room, each, low, high):
    """The largest number of things of a size that fit: doubled until they don't, then halved in between."""
    if each * high <= room:
        return fit(room, each, high, 2 * high)
    if high - low == 1:
        return low
    middle = (low + high) // 2
    return fit(room, each, middle, high) if each * middle <= room else fit(room, each, low, middle)


def weights(widths):
    return widths[0] * widths[1] + weights(widths[1:]) if len(widths) > 1 else 0


def largest_batch(gb, widths, recipe, optimizer):
    each = activation_bytes(1, widths, recipe)
    room = gb * 10**9 - sum(training_bytes(weights(widths), recipe, optimizer).values())
    return fit(room, each, 0, 1) if room >= each else 0
