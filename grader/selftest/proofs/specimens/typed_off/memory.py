"""What the chapters print, typed off: the tables of dtypes and recipes."""


def dtype_bits(dtype):
    if dtype in ("float64", "float32", "float16"):
        return int(dtype[-2:])
    table = {
        16: "bfloat16 int16 uint16 bits16",
        8: "float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu int8 uint8 bool qint8 quint8 bits8",
        4: "float4_e2m1fn_x2 int4 uint4 quint4x2 bits4x2",
        32: "complex32 int32 uint32 qint32",
        64: "complex64 int64 uint64",
        128: "complex128",
        1: "int1 uint1 bits1x8",
        2: "int2 uint2 quint2x4 bits2x4",
        3: "int3 uint3",
        5: "int5 uint5",
        6: "int6 uint6",
        7: "int7 uint7",
    }
    for bits, names in table.items():
        if dtype in names.split():
            return bits
    raise ValueError(dtype)


def training_bytes(parameters, recipe, optimizer):
    sizes = {"fp32": (4, 4, 0, 4), "bf16": (2, 2, 0, 2), "mixed": (2, 2, 4, 4), "mixed_no_master": (2, 2, 0, 4)}
    weight, gradient, master, state = sizes[recipe]
    return {
        "parameters": weight * parameters,
        "gradients": gradient * parameters,
        "master": master * parameters,
        "optimizer": {"sgd": 0, "adagrad": 1, "adamw": 2}[optimizer] * state * parameters,
    }
