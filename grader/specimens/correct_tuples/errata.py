"""Errata in one line each; a list for the pair."""

import re

_UNITS = (
    {"B": 1}
    | {f"{c}B": 1000**n for n, c in enumerate("kMGT", 1)}
    | {f"{c}iB": 1024**n for n, c in enumerate("KMGT", 1)}
)


def size_bytes(size):
    found = re.fullmatch(r"([0-9]+) (\w+)", size)
    if not found or found[2] not in _UNITS:
        raise ValueError(size)
    return int(found[1]) * _UNITS[found[2]]


week_flops = lambda gpus, printed_peak: gpus * 604800 * (printed_peak // 2)
backward_flops = lambda batch, d, k: 2 * batch * d * (2 * k + d)
dynamic_range = lambda e, m: [2 - 2 ** (e - 1) - m, 2 ** (e - 1) - 1]
