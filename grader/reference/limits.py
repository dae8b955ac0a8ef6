"""Task 5.7: what limits recorded work, and what a lower precision buys."""

from __future__ import annotations

from typing import Any


def launch_floor_ms(timings: list[dict[str, Any]], peak: int, bytes_per_s: int) -> float | None:
    """The time that even the smallest work takes: its launch, and the way there and back. (Task 5.7.)

    It is the shortest time of those timings that take more than ten times as long as the roofline says.

    Args:
        timings: each with "flops", "bytes" and "ms".
        peak: FLOPs per second.
        bytes_per_s: of the memory.

    Returns:
        milliseconds, or None where no timing is that far from the roofline.

    >>> near, far = {"flops": 500, "bytes": 10, "ms": 0.625}, {"flops": 2, "bytes": 10, "ms": 0.75}
    >>> launch_floor_ms([near, far], peak=10**6, bytes_per_s=10**6)
    0.75
    """
    small = [timing["ms"] for timing in timings if timing["ms"] > 10 * max(_bounds_ms(timing, peak, bytes_per_s))]
    return min(small, default=None)


def limit(timing: dict[str, Any], floor_ms: float | None, peak: int, bytes_per_s: int) -> str:
    """What limits some work: "latency", "bandwidth" or "compute". (Task 5.7.)

    It is what needs the longest time: the launch, which takes the given floor; memory, for the bytes at full
    bandwidth; or arithmetic, for the FLOPs at the peak. Of equal times, "compute" goes before "bandwidth", and
    that before "latency". With None for a floor, launches take no time. How long the work took plays no role.

    >>> limit({"flops": 2000, "bytes": 3000, "ms": 0.25}, 0.5, peak=10**9, bytes_per_s=10**6)
    'bandwidth'
    """
    memory_ms, compute_ms = _bounds_ms(timing, peak, bytes_per_s)
    needs = {"compute": compute_ms, "bandwidth": memory_ms, "latency": floor_ms or 0.0}
    return max(needs, key=lambda name: needs[name])


def share_of_peak(layers: list[dict[str, Any]], precision: str, peak: int) -> float:
    """The share of the peak that a layer's products reach together in a precision. (Task 5.7.)

    Args:
        layers: products, each with "tokens", "d_in", "d_out", and "ms", which has a time for each precision.
        precision: one of these.
        peak: dense FLOPs per second in that precision.

    >>> share_of_peak([{"tokens": 10, "d_in": 20, "d_out": 50, "ms": {"bf16": 2.0}}], "bf16", peak=20_000_000)
    0.5
    """
    flops = sum(2 * layer["tokens"] * layer["d_in"] * layer["d_out"] for layer in layers)
    return float(flops * 1000 / sum(layer["ms"][precision] for layer in layers) / peak)


def step_speedup(rows: list[dict[str, Any]], gpu: str, precision: str) -> float:
    """How many times as fast as in bf16 a step is: all three passes, quantization included. (Task 5.7.)

    Args:
        rows: recorded times, each with "gpu", "mode", "precision", "pass" and "ms"; the mode is "autocast", with
            quantization, or "prequantized", without. Each pass of what is asked for is there once in autocast.
        gpu: whose rows count.
        precision: that is compared with "bf16".

    Raises:
        ValueError: no row is of this GPU, or none of those of this precision; the message names what is missing.

    >>> rows = [
    ...     {"gpu": "X", "mode": "autocast", "precision": precision, "pass": each, "ms": ms}
    ...     for precision, ms in (("bf16", 6.0), ("fp8", 4.0)) for each in ("forward", "grad_x", "grad_w")
    ... ]
    >>> step_speedup(rows, "X", "fp8")
    1.5
    """
    return _step_ms(rows, gpu, "bf16", "autocast") / _step_ms(rows, gpu, precision, "autocast")


def quantizing_share(rows: list[dict[str, Any]], gpu: str, precision: str) -> float:
    """The share of a step's time that quantization takes: what is saved where it was done before. (Task 5.7.)

    It is 0 where the step is no faster without. The arguments are those of `step_speedup`; each pass is there once
    in each of the two modes.

    Raises:
        ValueError: no row is of this GPU, or none of those of this precision in one of the modes.

    >>> rows = [
    ...     {"gpu": "X", "mode": mode, "precision": "fp8", "pass": each, "ms": ms}
    ...     for mode, ms in (("autocast", 4.0), ("prequantized", 3.0)) for each in ("forward", "grad_x", "grad_w")
    ... ]
    >>> quantizing_share(rows, "X", "fp8")
    0.25
    """
    both, products = (_step_ms(rows, gpu, precision, mode) for mode in ("autocast", "prequantized"))
    return max(1 - products / both, 0.0)


def loses_most(layers: list[dict[str, Any]], precision: str, ideal: float) -> str:
    """The product that keeps a layer most from an ideal speedup over bf16. (Task 5.7.)

    It is the one whose time is the most milliseconds above what it would be if it were `ideal` times as fast as in
    bf16; of equal ones the first.

    Args:
        layers: as in `share_of_peak`, each with a name in "layer", and with a time for "bf16".
        precision: that is compared with bf16.
        ideal: the speedup that peaks promise.

    >>> up = {"layer": "up", "ms": {"bf16": 8.0, "fp8": 5.0}}
    >>> out = {"layer": "out", "ms": {"bf16": 1.0, "fp8": 1.0}}
    >>> loses_most([up, out], "fp8", ideal=2.0)
    'up'
    """
    worst = max(layers, key=lambda layer: layer["ms"][precision] - layer["ms"]["bf16"] / ideal)
    return str(worst["layer"])


def pays_from(tokens: int, base_ns: int, low_ns: int, inputs_ns: int, weights_ns: int) -> int | None:
    """The least number of tokens with which a lower precision is faster, quantization included. (Task 5.7.)

    The products' times and that of quantizing the inputs are proportional to the tokens; that of quantizing the
    weights is the same for any number of them.

    Args:
        tokens: with which all of it was timed, 1 or more.
        base_ns: whole nanoseconds of the product in the higher precision.
        low_ns: of the product in the lower precision, its operands quantized before.
        inputs_ns: of quantizing the inputs.
        weights_ns: of quantizing the weights, 0 or more.

    Returns:
        a whole number from 1 on, exactly, or None where the lower precision is faster with no number of tokens.

    >>> pays_from(tokens=100, base_ns=1000, low_ns=500, inputs_ns=100, weights_ns=2000)
    501
    """
    gain = base_ns - low_ns - inputs_ns
    return None if gain <= 0 else weights_ns * tokens // gain + 1


def _bounds_ms(timing: dict[str, Any], peak: int, bytes_per_s: int) -> tuple[float, float]:
    """What memory and arithmetic need at least."""
    return timing["bytes"] * 1000 / bytes_per_s, timing["flops"] * 1000 / peak


def _step_ms(rows: list[dict[str, Any]], gpu: str, precision: str, mode: str) -> float:
    wanted = gpu, precision, mode
    found = [row["ms"] for row in rows if (row["gpu"], row["precision"], row["mode"]) == wanted]
    if not found:
        raise ValueError(f"no rows of {precision!r} on {gpu!r} in the mode {mode!r}")
    return float(sum(found))
