"""Budgets from one table."""

from math import ceil
from fractions import Fraction

_ROWS = """A100 fp32 19.5 -
A100 tf32 156 312
A100 bf16 312 624
H100 fp32 67 -
H100 tf32 494.5 989
H100 bf16 989.5 1979
H100 fp8 1979 3958
H200 fp32 67 -
H200 tf32 494.5 989
H200 bf16 989.5 1979
H200 fp8 1979 3958
B200 fp32 80 -
B200 tf32 1100 2200
B200 bf16 2250 4500
B200 fp8 4500 9000
B200 fp4 9000 18000"""
_PEAKS = {
    (gpu, dtype, sparse): int(Fraction(number) * 10**12)
    for gpu, dtype, *numbers in map(str.split, _ROWS.splitlines())
    for sparse, number in zip((False, True), numbers)
    if number != "-"
}

peak_flops = lambda gpu, dtype, sparse: _PEAKS[gpu, dtype, sparse]
cluster_flops = lambda gpus, seconds, peak: gpus * seconds * peak


def training_seconds(flops, gpus, peak, mfu_percent):
    if mfu_percent not in range(1, 101):
        raise ValueError(mfu_percent)
    return ceil(Fraction(flops, gpus * peak) / Fraction(mfu_percent, 100))


def cheapest_offer(flops, days, offers):
    found = []
    for index, o in enumerate(offers):
        s = training_seconds(flops, o["gpus"], peak_flops(o["gpu"], "bf16", False), o["mfu_percent"])
        found += [(ceil(Fraction(s, 3600)) * o["gpus"] * o["cents_per_hour"], index)] * (s <= days * 86400)
    return min(found, default=(None, None))[1]
