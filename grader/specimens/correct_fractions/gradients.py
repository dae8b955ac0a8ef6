"""Task 5.4."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, prod
from operator import itemgetter
from statistics import median

_GATES = {"Vanilla": 1, "GRU": 3, "LSTM": 4}


def conv_flops(layer):
    def out(axis):
        size, pad, filt, stride = itemgetter(axis, f"pad_{axis}", f"filter_{axis}", f"stride_{axis}")(layer)
        return (size + 2 * pad - filt) // stride + 1

    names = "batch", "filters", "channels", "filter_height", "filter_width"
    return 2 * prod(itemgetter(*names)(layer)) * out("width") * out("height")


def recurrent_flops(layer):
    return 2 * _GATES[layer["cell"]] * layer["steps"] * layer["batch"] * layer["hidden"] ** 2


def achieved_flops(flops, ms):
    if ms <= 0:
        raise ValueError(f"ms={ms} is not above 0")
    return float(1000 * flops / Fraction(ms))


def backward_ratio(forward_ms, inputs_ms, weights_ms):
    return float(sum(Decimal(t) for t in (inputs_ms, weights_ms) if t is not None) / Decimal(forward_ms))


def spread(ratios):
    ordered = sorted(ratios)
    if not ordered:
        raise ValueError("no ratios")

    def percentile(p):
        return ordered[ceil(Fraction(len(ordered) * p, 100)) - 1]

    return dict(p10=percentile(10), median=median(ordered), p90=percentile(90))


def step_speedup(layers, part, factor):
    ms = {
        name: sum(Fraction(layer[name] or 0) for layer in layers)
        for name in ("forward_ms", "inputs_ms", "weights_ms")
    }
    if f"{part}_ms" not in ms:
        raise KeyError(part)
    share = ms[f"{part}_ms"] / sum(ms.values())
    return float(1 / (1 - share + share / Fraction(factor)))
