"""Gradient timings in arrays."""

import numpy as np


def conv_flops(layer):
    size = np.array([layer["width"], layer["height"]])
    window = np.array([layer["filter_width"], layer["filter_height"]])
    padding = np.array([layer["pad_width"], layer["pad_height"]])
    stride = np.array([layer["stride_width"], layer["stride_height"]])
    results = np.prod((size + 2 * padding - window) // stride + 1)
    return 2 * int(results) * int(np.prod(window)) * layer["channels"] * layer["filters"] * layer["batch"]


def recurrent_flops(layer):
    gates = {"Vanilla": 1, "GRU": 3, "LSTM": 4}[layer["cell"]]
    return 2 * gates * layer["steps"] * layer["batch"] * layer["hidden"] ** 2


def achieved_flops(flops, ms):
    if ms <= 0:
        raise ValueError(f"{ms} ms")
    return float(np.divide(flops, ms)) * 1000


def backward_ratio(forward_ms, inputs_ms, weights_ms):
    return float(np.nansum(np.array([inputs_ms, weights_ms], dtype=float)) / forward_ms)


def spread(ratios):
    if not ratios:
        raise ValueError("no ratios")
    ordered = np.sort(ratios)
    rank = lambda p: -(-len(ratios) * p // 100) - 1
    return {"p10": float(ordered[rank(10)]), "p90": float(ordered[rank(90)]), "median": float(np.median(ordered))}


def step_speedup(layers, part, factor):
    names = ["forward", "inputs", "weights"]
    if part not in names:
        raise ValueError(f"{part}?")
    times = np.array([[layer[f"{name}_ms"] or 0.0 for name in names] for layer in layers]).sum(axis=0)
    faster = np.where(np.array(names) == part, factor, 1.0)
    return float(times.sum() / (times / faster).sum())
