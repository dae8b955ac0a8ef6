"""Task 5.7."""

from __future__ import annotations

from fractions import Fraction


class Missing(KeyError, ValueError):
    pass


def _needs(timing, peak, bytes_per_s):
    return Fraction(timing["flops"], peak), Fraction(timing["bytes"], bytes_per_s)


def launch_floor_ms(timings, peak, bytes_per_s):
    small = sorted(
        timing["ms"]
        for timing in timings
        if Fraction(timing["ms"]) / 10_000 > max(_needs(timing, peak, bytes_per_s))
    )
    return small[0] if small else None


def limit(timing, floor_ms, peak, bytes_per_s):
    compute, memory = _needs(timing, peak, bytes_per_s)
    if Fraction(floor_ms or 0) / 1000 > max(compute, memory):
        return "latency"
    return "bandwidth" if memory > compute else "compute"


def share_of_peak(layers, precision, peak):
    seconds = sum(Fraction(layer["ms"][precision]) for layer in layers) / 1000
    flops = sum(2 * layer["tokens"] * layer["d_in"] * layer["d_out"] for layer in layers)
    return float(flops / seconds / peak)


def _step(rows, gpu, precision, mode):
    if not any(row["gpu"] == gpu for row in rows):
        raise Missing(gpu)
    times = {
        row["pass"]: Fraction(row["ms"])
        for row in rows
        if [row["gpu"], row["precision"], row["mode"]] == [gpu, precision, mode]
    }
    if not times:
        raise Missing(f"{precision} of {gpu}, {mode}")
    return sum(times.values())


def step_speedup(rows, gpu, precision):
    return float(_step(rows, gpu, "bf16", "autocast") / _step(rows, gpu, precision, "autocast"))


def quantizing_share(rows, gpu, precision):
    whole = _step(rows, gpu, precision, "autocast")
    saved = whole - _step(rows, gpu, precision, "prequantized")
    return float(saved / whole) if saved > 0 else 0.0


def loses_most(layers, precision, ideal):
    name, most = None, None
    for layer in layers:
        lost = Fraction(layer["ms"][precision]) - Fraction(layer["ms"]["bf16"]) / Fraction(ideal)
        if most is None or lost > most:
            name, most = layer["layer"], lost
    return name


def pays_from(tokens, base_ns, low_ns, inputs_ns, weights_ns):
    gain = Fraction(base_ns - low_ns - inputs_ns, tokens)
    if gain <= 0:
        return None
    return int(weights_ns / gain) + 1
