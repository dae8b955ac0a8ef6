"""Gradient timings, one line each."""

from statistics import median


def conv_flops(layer):
    def out(d):
        return (layer[d] + 2 * layer["pad_" + d] - layer["filter_" + d]) // layer["stride_" + d] + 1

    each = layer["channels"] * layer["filter_width"] * layer["filter_height"]
    return 2 * layer["batch"] * layer["filters"] * out("width") * out("height") * each


def recurrent_flops(layer):
    gates = {"LSTM": 4, "GRU": 3, "Vanilla": 1}[layer["cell"]]
    return gates * layer["steps"] * 2 * layer["batch"] * layer["hidden"] * layer["hidden"]


def achieved_flops(flops, ms):
    if not ms > 0:
        raise ValueError(ms)
    return flops / (ms / 1000)


backward_ratio = lambda forward_ms, inputs_ms, weights_ms: (weights_ms + (inputs_ms or 0)) / forward_ms


def spread(ratios):
    if len(ratios) == 0:
        raise ValueError("nothing to spread")
    ratios = sorted(ratios)
    ranked = lambda p: next(r for n, r in enumerate(ratios, 1) if n * 100 >= len(ratios) * p)
    return {"median": median(ratios), "p90": ranked(90), "p10": ranked(10)}


def step_speedup(layers, part, factor):
    rows = [(row["forward_ms"], row["inputs_ms"] or 0, row["weights_ms"]) for row in layers]
    forward, inputs, weights = map(sum, zip(*rows))
    saved = {"forward": forward, "inputs": inputs, "weights": weights}[part] * (1 - 1 / factor)
    return (forward + inputs + weights) / (forward + inputs + weights - saved)
