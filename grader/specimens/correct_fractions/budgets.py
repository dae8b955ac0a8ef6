"""Task 4.5."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil

_HOPPER = {"fp32": "67", "tf32": "494.5", "bf16": "989.5", "fp8": "1979"}
_DENSE = {
    "A100": {"fp32": "19.5", "tf32": "156", "bf16": "312"},
    "H100": _HOPPER,
    "H200": _HOPPER,
    "B200": {"fp32": "80", "tf32": "1100", "bf16": "2250", "fp8": "4500", "fp4": "9000"},
}


def peak_flops(gpu, dtype, sparse):
    try:
        dense = int(Decimal(_DENSE[gpu][dtype]).scaleb(12))
    except KeyError:
        raise KeyError(f"no {dtype} on {gpu}") from None
    if sparse and dtype == "fp32":
        raise ValueError(f"no sparse peak of fp32 on {gpu}")
    return dense << bool(sparse)


def cluster_flops(gpus, seconds, peak):
    return gpus * seconds * peak


def training_seconds(flops, gpus, peak, mfu_percent):
    if mfu_percent not in range(1, 101):
        raise ValueError(f"mfu_percent={mfu_percent} is not in 1..100")
    return ceil(flops / (Fraction(mfu_percent, 100) * gpus * peak))


def cheapest_offer(flops, days, offers):
    best = None
    for index, offer in enumerate(offers):
        needed = training_seconds(
            flops, offer["gpus"], peak_flops(offer["gpu"], "bf16", False), offer["mfu_percent"]
        )
        price = ceil(Fraction(needed, 3600)) * offer["gpus"] * offer["cents_per_hour"]
        if Fraction(needed, 86400) <= days and (best is None or price < best[0]):
            best = price, index
    return best and best[1]
