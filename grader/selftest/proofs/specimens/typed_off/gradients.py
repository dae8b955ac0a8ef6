"""What the chapter prints, typed off: the sizes of a convolution, and the ranks of percentiles."""


def conv_flops(layer):
    width = (layer["width"] + 2 * layer["pad_width"] - layer["filter_width"]) // layer["stride_width"] + 1
    height = (layer["height"] + 2 * layer["pad_height"] - layer["filter_height"]) // layer["stride_height"] + 1
    results = layer["batch"] * layer["filters"] * height * width
    return 2 * results * layer["channels"] * layer["filter_width"] * layer["filter_height"]


def recurrent_flops(layer):
    gates = {"Vanilla": 1, "GRU": 3, "LSTM": 4}[layer["cell"]]
    return layer["steps"] * 2 * layer["batch"] * layer["hidden"] ** 2 * gates


def achieved_flops(flops, ms):
    if ms <= 0:
        raise ValueError(ms)
    return flops / (ms / 1000)


def backward_ratio(forward_ms, inputs_ms, weights_ms):
    return ((inputs_ms or 0) + weights_ms) / forward_ms


def spread(ratios):
    ranked, n = sorted(ratios), len(ratios)
    if not n:
        raise ValueError("no ratios")
    middle = (ranked[(n - 1) // 2] + ranked[n // 2]) / 2
    return {"p10": ranked[-(-n * 10 // 100) - 1], "median": middle, "p90": ranked[-(-n * 90 // 100) - 1]}
