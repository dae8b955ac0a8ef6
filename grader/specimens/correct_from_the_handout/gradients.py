"""Task 5.4: what recorded timings of gradients on real GPUs tell."""

from __future__ import annotations

from fractions import Fraction


def conv_flops(layer: dict[str, int]) -> int:
    def outputs(size: str, side: str) -> int:
        return (layer[size] + 2 * layer[f"pad_{side}"] - layer[f"filter_{side}"]) // layer[f"stride_{side}"] + 1

    results = layer["batch"] * layer["filters"] * outputs("width", "width") * outputs("height", "height")
    return 2 * results * layer["channels"] * layer["filter_width"] * layer["filter_height"]


def recurrent_flops(layer: dict[str, int | str]) -> int:
    cell = layer["cell"]
    gates = {"Vanilla": 1, "GRU": 3, "LSTM": 4}
    if cell not in gates:
        raise ValueError(f"there is no cell {cell!r}")
    return 2 * layer["steps"] * gates[cell] * layer["batch"] * layer["hidden"] ** 2


def achieved_flops(flops: int, ms: float) -> float:
    if not ms > 0:
        raise ValueError(f"ms={ms!r} is not above 0")
    return float(1000 * Fraction(flops) / Fraction(ms))


def backward_ratio(forward_ms: float, inputs_ms: float | None, weights_ms: float) -> float:
    return sum(part for part in (inputs_ms, weights_ms) if part is not None) / forward_ms


def spread(ratios: list[float]) -> dict[str, float]:
    if not ratios:
        raise ValueError("there are no ratios")
    ordered = sorted(ratios)
    n = len(ordered)

    def percentile(p: int) -> float:
        return ordered[-(-n * p // 100) - 1]

    return {"p10": percentile(10), "median": (ordered[(n - 1) // 2] + ordered[n // 2]) / 2, "p90": percentile(90)}


def step_speedup(layers: list[dict], part: str, factor: float) -> float:
    if part not in ("forward", "inputs", "weights"):
        raise ValueError(f"there is no part {part!r}")
    before = after = 0.0
    for layer in layers:
        for name in ("forward", "inputs", "weights"):
            ms = layer[name + "_ms"]
            if ms is not None:
                before += ms
                after += ms / factor if name == part else ms
    return before / after
