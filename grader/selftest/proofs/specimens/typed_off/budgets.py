"""What the chapter prints, typed off: the table of peaks, and two products."""

import math


def peak_flops(gpu, dtype, sparse):
    hopper = {"fp32": (670,), "tf32": (4945, 9890), "bf16": (9895, 19790), "fp8": (19790, 39580)}
    table = {
        "A100": {"fp32": (195,), "tf32": (1560, 3120), "bf16": (3120, 6240)},
        "H100": hopper,
        "H200": hopper,
        "B200": {
            "fp32": (800,),
            "tf32": (11000, 22000),
            "bf16": (22500, 45000),
            "fp8": (45000, 90000),
            "fp4": (90000, 180000),
        },
    }
    if gpu not in table:
        raise ValueError(gpu)
    if dtype not in table[gpu] or len(table[gpu][dtype]) <= sparse:
        raise ValueError(dtype)
    return table[gpu][dtype][sparse] * 10**11


def cluster_flops(gpus, seconds, peak):
    return gpus * seconds * peak


def training_seconds(flops, gpus, peak, mfu_percent):
    if not 1 <= mfu_percent <= 100:
        raise ValueError(mfu_percent)
    return math.ceil(flops / (gpus * peak * mfu_percent / 100))
