"""Limits by arrays."""

import numpy as np

NAMES = ["compute", "bandwidth", "latency"]


def seconds(timing, peak, bytes_per_s):
    return np.array([timing["flops"] / peak, timing["bytes"] / bytes_per_s])


def launch_floor_ms(timings, peak, bytes_per_s):
    small = [t["ms"] for t in timings if seconds(t, peak, bytes_per_s).max() < t["ms"] / 1e4]
    return float(np.min(small)) if small else None


def limit(timing, floor_ms, peak, bytes_per_s):
    launch = 0 if floor_ms is None else floor_ms / 1000
    return NAMES[int(np.argmax([*seconds(timing, peak, bytes_per_s), launch]))]


def share_of_peak(layers, precision, peak):
    sizes = np.array([[x["tokens"], x["d_in"], x["d_out"]] for x in layers], dtype=object)
    time = np.sum([x["ms"][precision] for x in layers]) * 1e-3
    return float(2 * np.sum(np.prod(sizes, axis=1)) / time / peak)


def times(rows, **wanted):
    for name, value in wanted.items():
        rows = [row for row in rows if row[name] == value]
        if not rows:
            raise ValueError(f"no {name} {value!r} among {wanted}")
    return np.array([row["ms"] for row in rows])


def step_speedup(rows, gpu, precision):
    base, low = (times(rows, gpu=gpu, precision=each, mode="autocast") for each in ("bf16", precision))
    return float(base.sum() / low.sum())


def quantizing_share(rows, gpu, precision):
    both, before = (times(rows, gpu=gpu, precision=precision, mode=m).sum() for m in ("autocast", "prequantized"))
    return float(np.clip((both - before) / both, 0, None))


def loses_most(layers, precision, ideal):
    ms = np.array([[x["ms"][precision], x["ms"]["bf16"]] for x in layers])
    return layers[int(np.argmax(ms[:, 0] - ms[:, 1] / ideal))]["layer"]


def pays_from(tokens, base_ns, low_ns, inputs_ns, weights_ns):
    gain = base_ns - (low_ns + inputs_ns)
    if gain < 1:
        return None
    return divmod(weights_ns * tokens, gain)[0] + 1
