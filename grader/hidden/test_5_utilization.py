"""Tasks 5.3 and 5.4, hidden checks: any training, all recorded layers."""

from __future__ import annotations

from functools import partial
from operator import floordiv

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import gradients, utilization
from tests.harness import Student, expect, expect_close, expect_raises, points
from tests.timing_examples import rows

sizes = st.integers(1, 10**6)
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
)
"""Layers, wider than high, and FLOPs: 2 · batch · filters · width · height of results · products of each."""


@points(0.5, task="5.3")
@given(
    n=st.integers(1, 10**13),
    layers=sizes,
    d_model=sizes,
    seq=sizes,
    rate=times,
    gpus=sizes,
    peak=st.integers(1, 10**16),
)
def test_the_mfu_of_any_training(
    student: Student, n: int, layers: int, d_model: int, seq: int, rate: float, gpus: int, peak: int
) -> None:
    """Exact FLOPs of a token, and their share of the peak of all GPUs."""
    each = utilization.flops_per_token(n, layers, d_model, seq)
    expect(
        student.utilization.flops_per_token(n, layers, d_model, seq),
        each,
        "6·N + 12·layers·d_model·seq",
        {"attention's own FLOPs were left out": lambda: 6 * n},
    )
    share = utilization.mfu(each, rate, gpus, peak)
    expect_close(
        student.utilization.mfu(each, rate, gpus, peak),
        share,
        "FLOPs of a token, times tokens per second, divided by the peak of all GPUs",
        {"the peak of one GPU was taken for that of all": lambda: share * gpus},
    )
    for low in (0, -1):
        hint = f"{low} is below 1: raise, and name it as in gpus={low}"
        with expect_raises(ValueError, naming="gpus", hint=hint):
            student.utilization.mfu(each, rate, low, peak)
        with expect_raises(ValueError, naming="peak", hint=hint):
            student.utilization.mfu(each, rate, gpus, low)


@points(0.5, task="5.3")
@given(share=st.floats(0.001, 1), checkpointing=st.booleans())
def test_the_hfu_of_any_training(student: Student, share: float, checkpointing: bool) -> None:
    """With what is computed twice, and without."""
    expect_close(
        student.utilization.hfu(share, checkpointing),
        utilization.hfu(share, checkpointing),
        "4 passes for 3 with checkpointing",
        {
            "with checkpointing, only the forward pass is computed once more": lambda: share * 2,
            "without checkpointing nothing is computed twice": lambda: share * 4 / 3,
        },
    )


@points(0.5, task="5.4")
@given(inputs=st.none() | times, weights=times, forward=times)
def test_ratios_of_any_times(student: Student, inputs: float | None, weights: float, forward: float) -> None:
    """First layers too, whose inputs need no gradient."""
    added = "a first layer's inputs take no time" if inputs is None else "the forward pass was added"
    expect_close(
        student.gradients.backward_ratio(forward, inputs, weights),
        gradients.backward_ratio(forward, inputs, weights),
        "both gradients together, divided by forward; None where inputs need no gradient",
        {
            "the gradient of the weights was left out": lambda: (inputs or 0.0) / forward,
            added: lambda: gradients.backward_ratio(forward, inputs, weights) + 1,
        },
    )


@points(0.5, task="5.4")
@given(ratios=st.lists(times, min_size=1, max_size=40))
@example(ratios=[float(n) for n in range(101, 0, -1)])
@example(ratios=[float(n) for n in range(10, 0, -1)])
@example(ratios=[float(n) for n in range(1, 21)])
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
        },
    )
    with expect_raises(ValueError, naming=""):
        student.gradients.spread([])


def _one_rank_too_high(ratios: list[float]) -> dict[str, float]:
    ranked, n = sorted(ratios), len(ratios)
    return gradients.spread(ratios) | {"p10": ranked[n * 10 // 100], "p90": ranked[n * 90 // 100]}


def _turned(layer: dict[str, int], *names: str) -> int:
    """The FLOPs with some of its widths and heights exchanged."""
    pairs = [(f"{name}_width", f"{name}_height") for name in names]
    exchanged = {a: layer[b] for pair in pairs for a, b in (pair, pair[::-1])}
    return gradients.conv_flops(layer | exchanged)


def _alike(layer: dict[str, int], name: str) -> int:
    """The FLOPs with its width for its height, too."""
    return gradients.conv_flops(layer | {f"{name}_height": layer[f"{name}_width"]})


def _padded_on_one_side(layer: dict[str, int]) -> int:
    less = {side: layer[side] - layer[f"pad_{side}"] for side in ("width", "height")}
    return gradients.conv_flops(layer | less)


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
            },
        )
    for row in rows("recurrent"):
        layer = {name: row[name] for name in ("cell", "hidden", "batch", "steps")}
        expect(
            student.gradients.recurrent_flops(layer),
            gradients.recurrent_flops(layer),
            "1 gate for Vanilla, 3 for GRU, 4 for LSTM",
        )
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
