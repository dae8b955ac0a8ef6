"""Tasks 5.3 and 5.4, hidden checks: any training, all recorded layers."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from functools import partial
from math import ceil
from operator import floordiv
from statistics import mean
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import gradients, utilization
from tests.harness import Student, expect, expect_close, expect_raises, points
from tests.mistakes import DECIMALS, inexact, whole
from tests.timing_examples import rows

sizes = whole()
times = st.floats(1e-3, 1e4)
LAYER = {"width": 7, "height": 5, "channels": 3, "batch": 2, "filters": 4, "filter_width": 3, "filter_height": 3}
PLAIN = LAYER | {"pad_width": 0, "pad_height": 0, "stride_width": 1, "stride_height": 1}
OBLONG = (
    (PLAIN, 2 * 8 * 5 * 3 * 27),
    (PLAIN | {"pad_width": 1}, 2 * 8 * 7 * 3 * 27),
    (PLAIN | {"pad_height": 2}, 2 * 8 * 5 * 7 * 27),
    (PLAIN | {"stride_width": 2}, 2 * 8 * 3 * 3 * 27),
    (PLAIN | {"stride_height": 3}, 2 * 8 * 5 * 1 * 27),
    (PLAIN | {"width": 9, "pad_width": 2, "stride_width": 4, "filter_height": 2}, 2 * 8 * 3 * 4 * 18),
    (PLAIN | {"width": 3}, 2 * 8 * 1 * 3 * 27),
    (
        PLAIN | {"batch": 10**8 + 7, "filters": 10**8 + 7, "channels": 1001},
        2 * (10**8 + 7) ** 2 * 5 * 3 * 9 * 1001,
    ),
    (
        PLAIN | {"width": 10**9 + 9, "height": 10**9 + 1, "channels": 10**3},
        2 * 8 * (10**9 + 7) * (10**9 - 1) * 9000,
    ),
)
"""Layers, wider than high, and FLOPs: 2 · batch · filters · width · height of results · products of each."""


@points(0.25, task="5.3")
@given(
    n=sizes,
    layers=sizes,
    d_model=sizes,
    seq=sizes,
    rate=times,
    gpus=sizes,
    peak=whole(17),
)
@example(n=10**12, layers=3 * 10**6, d_model=3 * 10**6, seq=3 * 10**6, rate=1.0, gpus=1, peak=1)
def test_the_mfu_of_any_training(
    student: Student, n: int, layers: int, d_model: int, seq: int, rate: float, gpus: int, peak: int
) -> None:
    """Exact FLOPs of a token, and their share of the peak of all GPUs."""
    each = utilization.flops_per_token(n, layers, d_model, seq)
    expect(
        student.utilization.flops_per_token(n, layers, d_model, seq),
        each,
        "6·N + 12·layers·d_model·seq",
        {
            "attention's own FLOPs were left out": lambda: 6 * n,
            "half of attention's square was left out; count it whole": lambda: 6 * n + 6 * layers * d_model * seq,
        }
        | inexact(each),
    )
    share = utilization.mfu(each, rate, gpus, peak)
    expect_close(
        student.utilization.mfu(each, rate, gpus, peak),
        share,
        "FLOPs of a token, times tokens per second, divided by the peak of all GPUs",
        {
            "the peak of one GPU was taken for that of all": lambda: share * gpus,
            "half of the share: a sparse peak, or a multiply-add counted once": lambda: share / 2,
            "an MFU above 1 was cut to 1; it says that something was counted wrongly": lambda: 1.0,
        },
    )
    for low in (0, -1, -37):
        hint = f"{low} is below 1: raise, and name it as in gpus={low}"
        for naming in ("gpus", str(low)):
            with expect_raises(ValueError, naming=naming, hint=hint):
                student.utilization.mfu(each, rate, low, peak)
        for naming in ("peak", str(low)):
            with expect_raises(ValueError, naming=naming, hint=hint):
                student.utilization.mfu(each, rate, gpus, low)


@points(0.25, task="5.3")
@given(share=st.floats(0.001, 100), checkpointing=st.booleans())
@example(share=0.9, checkpointing=True)
def test_the_hfu_of_any_training(student: Student, share: float, checkpointing: bool) -> None:
    """With what is computed twice, and without."""
    expect_close(
        student.utilization.hfu(share, checkpointing),
        utilization.hfu(share, checkpointing),
        "4 passes for 3 with checkpointing",
        {
            "with checkpointing, only the forward pass is computed once more": lambda: share * 2,
            "without checkpointing nothing is computed twice": lambda: share * 4 / 3,
            "a share above 1 was cut to 1": lambda: 1.0,
        },
    )


@points(0.25, task="5.4")
@given(inputs=st.none() | times, weights=times, forward=times)
def test_ratios_of_any_times(student: Student, inputs: float | None, weights: float, forward: float) -> None:
    """First layers too, whose inputs need no gradient."""
    first = inputs is None
    doubled = "a first layer's inputs take no time; they were given that of its weights"
    expect_close(
        student.gradients.backward_ratio(forward, inputs, weights),
        gradients.backward_ratio(forward, inputs, weights),
        "both gradients together, divided by forward; None where inputs need no gradient",
        {
            "the gradient of the weights was left out": lambda: (inputs or 0.0) / forward,
            "the forward pass was added": lambda: gradients.backward_ratio(forward, inputs, weights) + 1,
            doubled: lambda: 2 * weights / forward if first else None,
        },
    )


@points(0.25, task="5.4")
@given(ratios=st.lists(times, min_size=1, max_size=40))
@example(ratios=[float(n) for n in range(101, 0, -1)])
@example(ratios=[float(n) for n in range(10, 0, -1)])
@example(ratios=[float(n) for n in range(1, 21)])
@example(ratios=[2.0, 2.0, 2.0, 2.0, 3.0, 7.0, 1.0])
@example(ratios=[float(n) for n in range(110, 0, -1)])
def test_spreads_of_any_ratios(student: Student, ratios: list[float]) -> None:
    """The median, and percentiles by rank."""
    expect_close(
        student.gradients.spread(ratios),
        gradients.spread(ratios),
        "percentile p is the ratio of rank ceil(n * p / 100); the median of an even number is a mean of two",
        {
            "the mean was taken for the median; a few slow layers move it": (
                lambda: gradients.spread(ratios) | {"median": sum(ratios) / len(ratios)}
            ),
            "ranks count from 1, indices from 0: rank r is at index r - 1": lambda: _one_rank_too_high(ratios),
            "a percentile was interpolated between two ratios; it is one of them, by rank": (
                lambda: _interpolated(ratios)
            ),
            "equal ratios were counted once; each counts": lambda: gradients.spread(sorted({*ratios})),
            "a rank was rounded up from a float just above it; compute ranks in integers": (
                lambda: _ranked_in_floats(ratios)
            ),
        },
    )
    with expect_raises(ValueError, naming=""):
        student.gradients.spread([])


def _one_rank_too_high(ratios: list[float]) -> dict[str, float]:
    ranked, n = sorted(ratios), len(ratios)
    return gradients.spread(ratios) | {"p10": ranked[n * 10 // 100], "p90": ranked[n * 90 // 100]}


def _interpolated(ratios: list[float]) -> dict[str, float]:
    """As NumPy does it, linearly."""
    ranked, last = sorted(ratios), len(ratios) - 1
    low, high = (last * percent / 100 for percent in (10, 90))
    between = [
        ranked[int(at)] + (at - int(at)) * (ranked[min(int(at) + 1, last)] - ranked[int(at)]) for at in (low, high)
    ]
    return gradients.spread(ratios) | {"p10": between[0], "p90": between[1]}


def _ranked_in_floats(ratios: list[float]) -> dict[str, float]:
    ranked, n = [*sorted(ratios), max(ratios)], len(ratios)
    return gradients.spread(ratios) | {
        "p10": ranked[ceil(n / 100 * 10) - 1],
        "p90": ranked[ceil(n / 100 * 90) - 1],
    }


def _turned(layer: dict[str, int], *names: str) -> int:
    """The FLOPs with some of its widths and heights exchanged."""
    pairs = [(f"{name}_width", f"{name}_height") for name in names]
    exchanged = {a: layer[b] for pair in pairs for a, b in (pair, pair[::-1])}
    return gradients.conv_flops(layer | exchanged)


def _alike(layer: dict[str, int], name: str) -> int:
    """The FLOPs with its width for its height, too."""
    return gradients.conv_flops(layer | {f"{name}_height": layer[f"{name}_width"]})


def _rounded_up(layer: dict[str, int]) -> int:
    """The FLOPs when a last, incomplete step of the filter gives a result, too."""
    sizes = {
        side: layer[side] + 2 * layer[f"pad_{side}"] - layer[f"filter_{side}"] for side in ("width", "height")
    }
    more = {side: layer[side] + -size % layer[f"stride_{side}"] for side, size in sizes.items()}
    return gradients.conv_flops(layer | more)


def _padded_on_one_side(layer: dict[str, int]) -> int:
    less = {side: layer[side] - layer[f"pad_{side}"] for side in ("width", "height")}
    return gradients.conv_flops(layer | less)


def _recurrent(student: Student, layer: dict[str, int | str]) -> None:
    flops, steps = gradients.recurrent_flops(layer), int(layer["steps"])
    expect(
        student.gradients.recurrent_flops(layer),
        flops,
        "1 gate for Vanilla, 3 for GRU, 4 for LSTM",
        {
            "the first step was left out; its state is multiplied like others": lambda: (
                flops // steps * (steps - 1)
            ),
            "one step was counted; there are several": lambda: flops // steps,
            "a multiply-add is 2 FLOPs, and was counted as 1": lambda: flops // 2,
        }
        | inexact(flops),
    )


@points(0.5, task="5.4")
def test_flops_of_all_recorded_layers(student: Student) -> None:
    """Every convolution and every recurrent layer of the recordings, and their rates."""
    for row in rows("convolutions"):
        flops = gradients.conv_flops(row["layer"])
        expect(
            student.gradients.conv_flops(row["layer"]),
            flops,
            "output sizes are (size + 2·pad - filter) // stride + 1",
            {
                "a multiply-add is 2 FLOPs, and was counted as 1": partial(floordiv, flops, 2),
                "padding was counted on one side; it is on both": partial(_padded_on_one_side, row["layer"]),
                "a last, incomplete step of the filter was counted": partial(_rounded_up, row["layer"]),
            },
        )
    for oblong, flops in OBLONG:
        expect(
            student.gradients.conv_flops(oblong),
            flops,
            "output sizes are (size + 2·pad - filter) // stride + 1, each with its own pad, filter and stride",
            {
                "pad_width and pad_height were exchanged": partial(_turned, oblong, "pad"),
                "pad_width was taken for both directions": partial(_alike, oblong, "pad"),
                "stride_width and stride_height were exchanged": partial(_turned, oblong, "stride"),
                "stride_width was taken for both directions": partial(_alike, oblong, "stride"),
                "filter_width was taken for both directions": partial(_alike, oblong, "filter"),
                "a last, incomplete step of the filter was counted": partial(_rounded_up, oblong),
            }
            | inexact(flops),
        )
    for row in rows("recurrent"):
        layer = {name: row[name] for name in ("cell", "hidden", "batch", "steps")}
        _recurrent(student, layer)
    for cell in ("Vanilla", "GRU", "LSTM"):
        _recurrent(student, {"cell": cell, "hidden": 3 * 10**6 + 1, "batch": 10**6 + 1, "steps": 10**6})
        _recurrent(student, {"cell": cell, "hidden": 3, "batch": 2, "steps": 1})
    for row in rows("products"):
        flops = 2 * row["m"] * row["n"] * row["k"]
        got = student.gradients.achieved_flops(flops, row["ms"])
        expect_close(got, flops * 1000 / row["ms"], "a millisecond is 1/1000 s")
    for ms, name in ((0.0, "0"), (-2.5, "-2.5")):
        with expect_raises(ValueError, naming=name, hint=f"{ms} ms are not above 0"):
            student.gradients.achieved_flops(1, ms)
    for cell in ("gru", "lstm", "RNN", ""):
        with expect_raises(
            (ValueError, KeyError), naming=cell, hint="the cells are Vanilla, GRU and LSTM, so written"
        ):
            student.gradients.recurrent_flops({"cell": cell, "hidden": 3, "batch": 2, "steps": 5})


@points(0.5, task="5.3")
@given(
    tokens=whole(13),
    days=whole(3),
    gpus=whole(5),
    peak=whole(16),
    percent=st.integers(1, 100),
    shape=st.tuples(whole(12), whole(3), whole(5)),
)
@example(tokens=10**12, days=60, gpus=2048, peak=9895 * 10**11, percent=41, shape=(7_615_616_512, 28, 3584))
@example(tokens=15 * 10**12, days=60, gpus=2048, peak=9895 * 10**11, percent=41, shape=(7_615_616_512, 28, 3584))
@example(tokens=7, days=1, gpus=1, peak=10**15 + 1, percent=33, shape=(5, 1, 1))
@example(tokens=1, days=12, gpus=10**15 + 3, peak=10**15 + 7, percent=100, shape=(1, 12, 1000))
def test_the_longest_sequences_of_any_training(
    student: Student, tokens: int, days: int, gpus: int, peak: int, percent: int, shape: tuple[int, int, int]
) -> None:
    """Exact, 0 where the parameters alone cost too much; in any time on any machines."""
    parameters, layers, d_model = shape
    exact = utilization.longest_sequence(tokens, days, gpus, peak, percent, *shape)
    budget = days * 86_400 * gpus * peak * percent
    each, per_length = 600 * parameters * tokens, 1200 * tokens * layers * d_model
    expect(
        student.utilization.longest_sequence(tokens, days, gpus, peak, percent, *shape),
        exact,
        "what each token may cost, less 6·N, divided by what each token of length costs",
        {
            "the parameters' own FLOPs were left out": lambda: budget // per_length,
            "half of attention's square was left out; count it whole": (
                lambda: max(budget - each, 0) // (per_length // 2)
            ),
            "a length below 0 was given; where nothing fits, it is 0": (
                lambda: (budget - each) // per_length if budget < each else None
            ),
            "one GPU was counted": lambda: max(budget // gpus - each, 0) // per_length,
            "0 is an answer, too: where not even sequences of one token can be trained in time": (
                lambda: max(exact, 1)
            ),
            "it was rounded up; that length takes too long": lambda: -(-max(budget - each, 0) // per_length),
            DECIMALS: lambda: int(
                ((Decimal(budget) - each) / per_length).to_integral_value(ROUND_FLOOR) if budget > each else 0
            ),
        }
        | inexact(exact),
    )


@st.composite
def steps(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Times of the layers of a network, or of those behind its first, which needs no gradient of its inputs."""
    ms = {"forward_ms": times, "inputs_ms": times, "weights_ms": times}
    first = {**ms, "inputs_ms": st.none() | times}
    return [draw(st.fixed_dictionaries(first)), *draw(st.lists(st.fixed_dictionaries(ms), max_size=5))]


@points(0.5, task="5.4")
@given(layers=steps(), part=st.sampled_from(["forward", "inputs", "weights"]), factor=st.floats(0.1, 100))
@example(layers=[{"forward_ms": 3.0, "inputs_ms": 4.0, "weights_ms": 5.0}], part="inputs", factor=4.0)
def test_any_part_of_any_step_made_faster(
    student: Student, layers: list[dict[str, Any]], part: str, factor: float
) -> None:
    """One layer or more, a part that becomes faster, or slower."""
    total = {
        name: sum(layer[f"{name}_ms"] or 0.0 for layer in layers) for name in ("forward", "inputs", "weights")
    }
    expect_close(
        student.gradients.step_speedup(layers, part, factor),
        gradients.step_speedup(layers, part, factor),
        "the time of a step before, divided by that after",
        {
            "the other parts take as long as before; the whole is not as much faster as the part": lambda: factor,
            "the layers' own speedups were averaged; add up the times of all layers first": (
                lambda: mean(gradients.step_speedup([layer], part, factor) for layer in layers)
            ),
            "the forward pass was left out; it is a part of the step": lambda: _without_forward(
                total, part, factor
            ),
            "that is the time after, divided by the one before": (
                lambda: 1 / gradients.step_speedup(layers, part, factor)
            ),
            "a part that takes longer slows the step": lambda: 1.0 if factor < 1 else None,
        },
    )


def _without_forward(total: dict[str, float], part: str, factor: float) -> float | None:
    backward = total["inputs"] + total["weights"]
    return backward / (backward - total[part] + total[part] / factor) if part != "forward" else None
