"""Task 5.4: what recorded timings of gradients on real GPUs tell."""

from __future__ import annotations

from statistics import median

_GATES = {"Vanilla": 1, "GRU": 3, "LSTM": 4}


def conv_flops(layer: dict[str, int]) -> int:
    """FLOPs of the forward pass of a convolution. (Task 5.4.)

    An output size is (size + 2 * pad - filter) // stride + 1. Each of batch * filters * output height * output
    width results is a sum of channels * filter_height * filter_width products. Exact, however large; no filter is
    larger than its padded input.

    Args:
        layer: "width", "height", "channels", "batch", "filters", "filter_width", "filter_height", "pad_width",
            "pad_height", "stride_width", "stride_height".

    >>> sizes = {"width": 5, "height": 5, "channels": 3, "batch": 2, "filters": 4}
    >>> filters = {"filter_width": 3, "filter_height": 3, "pad_width": 0, "pad_height": 1}
    >>> conv_flops(sizes | filters | {"stride_width": 1, "stride_height": 2})
    3888
    """
    across, down = (
        (layer[size] + 2 * layer[f"pad_{size}"] - layer[f"filter_{size}"]) // layer[f"stride_{size}"] + 1
        for size in ("width", "height")
    )
    products = layer["channels"] * layer["filter_width"] * layer["filter_height"]
    return 2 * layer["batch"] * layer["filters"] * across * down * products


def recurrent_flops(layer: dict[str, int | str]) -> int:
    """FLOPs of the forward pass of a recurrent layer: the products of its state. (Task 5.4.)

    In each of "steps" steps, the state, "batch" by "hidden", is multiplied by a matrix for each gate, "hidden" by
    "hidden". The "cell" "Vanilla" has 1 gate, "GRU" 3 and "LSTM" 4. Products of the inputs are not counted.

    Raises:
        ValueError: there is no such cell; the message names it.

    >>> recurrent_flops({"cell": "LSTM", "hidden": 3, "batch": 2, "steps": 5})
    720
    """
    if layer["cell"] not in _GATES:
        raise ValueError(f"no cell {layer['cell']!r}; there are {', '.join(_GATES)}")
    hidden, batch, steps = (int(layer[name]) for name in ("hidden", "batch", "steps"))
    return 2 * _GATES[str(layer["cell"])] * hidden * hidden * batch * steps


def achieved_flops(flops: int, ms: float) -> float:
    """FLOPs per second of work that took so many milliseconds. (Task 5.4.)

    Raises:
        ValueError: ms is not above 0; the message names it.

    >>> achieved_flops(2_000_000, ms=0.5)
    4000000000.0
    """
    if ms <= 0:
        raise ValueError(f"ms={ms} is not above 0")
    return flops * 1000 / ms


def backward_ratio(forward_ms: float, inputs_ms: float | None, weights_ms: float) -> float:
    """How many times as long as forward a layer's backward pass takes, both its gradients together. (Task 5.4.)

    A first layer needs no gradient of its inputs: then inputs_ms is None.

    >>> backward_ratio(1.0, 1.5, 1.0), backward_ratio(2.0, None, 3.0)
    (2.5, 1.5)
    """
    return ((inputs_ms or 0.0) + weights_ms) / forward_ms


def spread(ratios: list[float]) -> dict[str, float]:
    """The 10th percentile, the median and the 90th percentile of some ratios. (Task 5.4.)

    A percentile p is the ratio of rank ceil(n * p / 100) when sorted, the first of rank 1; the median of an
    even number of ratios is the mean of the middle two. Equal ratios count each.

    Raises:
        ValueError: there are no ratios.

    >>> spread([3.0, 1.0, 2.0, 4.0])
    {'p10': 1.0, 'median': 2.5, 'p90': 4.0}
    """
    if not ratios:
        raise ValueError("no ratios, so no median")
    ranked = sorted(ratios)
    low, high = (ranked[-(-len(ranked) * percent // 100) - 1] for percent in (10, 90))
    return {"p10": low, "median": median(ranked), "p90": high}


def step_speedup(layers: list[dict[str, float | None]], part: str, factor: float) -> float:
    """How many times as fast a step becomes when one of its parts becomes `factor` times as fast. (Task 5.4.)

    Args:
        layers: one or more, with "forward_ms", "inputs_ms" (None for a first layer) and "weights_ms".
        part: "forward", "inputs" or "weights".
        factor: above 0; 2 means that this part takes half of its time.

    Raises:
        ValueError: no such part; the message names it.

    >>> layers = [
    ...     {"forward_ms": 2.0, "inputs_ms": None, "weights_ms": 3.0},
    ...     {"forward_ms": 4.0, "inputs_ms": 5.0, "weights_ms": 6.0},
    ... ]
    >>> step_speedup(layers, "inputs", factor=2.0) == 20 / 17.5
    True
    """
    parts = {
        name: sum(layer[f"{name}_ms"] or 0.0 for layer in layers) for name in ("forward", "inputs", "weights")
    }
    if part not in parts:
        raise ValueError(f"no part {part!r}; there are {', '.join(parts)}")
    before = sum(parts.values())
    return before / (before - parts[part] + parts[part] / factor)
