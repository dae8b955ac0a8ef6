"""Tasks 5.3 and 5.4, public checks: utilization, and recorded timings of real GPUs."""

from __future__ import annotations

import math
from statistics import median

from tests import recorded
from tests.harness import Student, expect, expect_close, expect_raises, expect_that, points
from tests.mistakes import inexact
from tests.timing_examples import linear_layers_of_an_h100, rows

HALF = "half of it: the dense peak was doubled, as for sparse work, or FLOPs were halved"
ONE_PEAK = "the peak of one GPU was taken for that of all"
SMALL = {"width": 12, "height": 9, "channels": 5, "batch": 3, "filters": 7}
OBLONG = SMALL | {
    "filter_width": 2,
    "filter_height": 5,
    "pad_width": 0,
    "pad_height": 1,
    "stride_width": 3,
    "stride_height": 1,
}
"""A layer whose sizes differ in each direction, and whose filter has a last step that is incomplete."""

CONVOLUTION = {
    "a multiply-add is 2 FLOPs, and was counted as 1": lambda: 29_400,
    "padding was counted on one side; it is on both": lambda: 50_400,
    "pad_width was taken for both directions": lambda: 42_000,
    "stride_width was taken for both directions": lambda: 25_200,
    "filter_width was taken for both directions": lambda: 33_600,
    "the pads of width and height were exchanged": lambda: 52_500,
    "the strides of width and height were exchanged": lambda: 69_300,
    "a last, incomplete step of the filter was counted": lambda: 73_500,
}
"""What mistakes make of it."""

SPREADS = (
    (
        [float(n) for n in range(20, 0, -1)],
        {"p10": 2.0, "median": 10.5, "p90": 18.0},
        {
            "ranks count from 1, indices from 0: rank r is at index r - 1": {"p10": 3.0, "p90": 19.0},
            "a percentile was interpolated between two ratios; it is one of them, by rank": {
                "p10": 2.9,
                "p90": 18.1,
            },
            "the median of an even number of ratios is the mean of the middle two": {"median": 11.0},
            "the median is the mean of the middle two ratios, and here the lower of them was taken": {
                "median": 10.0
            },
        },
    ),
    (
        [4.0, 4.0, 4.0, 4.0, 9.0, 1.0, 2.0],
        {"p10": 1.0, "median": 4.0, "p90": 9.0},
        {
            "equal ratios were counted once; each counts": {"median": 3.0},
            "the mean was taken; a few slow layers move it": {"median": 4.0},
        },
    ),
    (
        [float(n) for n in range(220, 0, -1)],
        {"p10": 22.0, "median": 110.5, "p90": 198.0},
        {"a rank was rounded up from a float just above it; compute ranks in integers": {"p90": 199.0}},
    ),
)
"""Ratios, what their spread is, and what mistakes make of it."""


@points(0.25, task="5.3")
def test_the_printed_mfu_of_trainings_on_h100s(student: Student) -> None:
    """Each row's MFU, within 0.3 % of what is printed."""
    for row in rows("gpt_training")[::8]:
        each = student.utilization.flops_per_token(row["parameters"], row["layers"], row["d_model"], row["seq"])
        expect(
            each,
            6 * row["parameters"] + 12 * row["layers"] * row["d_model"] * row["seq"],
            "6 for each parameter, and attention's own",
            {
                "attention's own FLOPs were left out": lambda row=row: 6 * row["parameters"],
                "half of attention's square was left out; count it whole": lambda row=row: (
                    6 * row["parameters"] + 6 * row["layers"] * row["d_model"] * row["seq"]
                ),
            },
        )
        share = student.utilization.mfu(each, row["tokens_per_s_per_gpu"] * row["gpus"], row["gpus"], row["peak"])
        printed = row["mfu_percent_printed"] / 100
        plain = "FLOPs of a token times tokens per second, divided by GPUs times peak"
        named = {row["gpus"]: ONE_PEAK, 0.5: HALF}
        expect_that(
            abs(share / printed - 1) < 0.003,
            f"{printed:.4f}",
            f"{share:.4f}",
            next((words for times, words in named.items() if abs(share / times / printed - 1) < 0.003), plain),
        )
    large = 6 * 10**12 + 12 * (10**7 + 1) * (10**7 + 3) * (10**7 + 5)
    got = student.utilization.flops_per_token(10**12, 10**7 + 1, 10**7 + 3, 10**7 + 5)
    expect(got, large, "exact, however large", inexact(large))
    expect_close(
        student.utilization.mfu(6 * 10**8, 10**6, 2, 10**14),
        3.0,
        "what is above 1 is returned as it is",
        {
            "an MFU above 1 was cut to 1; it says that something was counted wrongly": lambda: 1.0,
            ONE_PEAK: lambda: 6.0,
            HALF: lambda: 1.5,
        },
    )
    for gpus, peak, name in ((-8, 10**14, "gpus"), (2, -99, "peak")):
        for naming in (name, str(min(gpus, peak))):
            with expect_raises(ValueError, naming=naming, hint=f"below 1: raise, and name it as in {name}=-5"):
                student.utilization.mfu(6 * 10**8, 10**6, gpus, peak)


@points(0.25, task="5.3")
def test_the_printed_hfu_of_trainings_on_h100s(student: Student) -> None:
    """Each row's HFU from its printed MFU, within 0.3 % of what is printed."""
    for share, checkpointing, exact, mistakes in (
        (0.3, True, 0.4, {"with checkpointing, only the forward pass is computed once more": 0.6}),
        (0.3, False, 0.3, {"without checkpointing nothing is computed twice": 0.4}),
        (0.9, True, 1.2, {"a share above 1 was cut to 1": 1.0}),
    ):
        expect_close(
            student.utilization.hfu(share, checkpointing),
            exact,
            "4 passes for 3 with checkpointing",
            {sentence: lambda wrong=wrong: wrong for sentence, wrong in mistakes.items()},
        )
    for row in rows("gpt_training")[::8]:
        again = student.utilization.hfu(row["mfu_percent_printed"] / 100, row["checkpointing"])
        printed = row["hfu_percent_printed"] / 100
        expect_that(
            abs(again / printed - 1) < 0.003,
            f"{printed:.4f}",
            f"{again:.4f}",
            "with checkpointing, the forward pass is computed twice: 4 passes for 3",
        )


@points(0.25, task="5.4")
def test_backward_is_not_twice_forward_in_time(student: Student) -> None:
    """Of convolutions it is 2.57 times, of recurrent layers 1.08, of linear ones 2, each time in the middle."""
    doubled = "a first layer's inputs take no time; they were given that of its weights"
    left_out = "the gradient of the weights was left out"
    ratio = student.gradients.backward_ratio
    expect_close(ratio(2.0, None, 3.0), 1.5, "weights only", {doubled: lambda: 3.0, left_out: lambda: 0.0})
    expect_close(
        ratio(2.0, 5.0, 3.0),
        4.0,
        "both gradients, divided by forward",
        {left_out: lambda: 2.5, "the forward pass was added": lambda: 5.0},
    )
    for ratios, exact, mistakes in SPREADS:
        expect_close(
            student.gradients.spread(ratios),
            exact,
            "percentile p is the ratio of rank ceil(n * p / 100), the first of rank 1; "
            "the median of an even number of ratios is the mean of the middle two",
            {sentence: lambda wrong=exact | wrong: wrong for sentence, wrong in mistakes.items()},
        )
    for layers, middle in (
        (rows("convolutions"), 2.567),
        (rows("recurrent"), 1.081),
        (rows("linear"), 2.000),
        (linear_layers_of_an_h100(), 1.999),
    ):
        ratios = [
            student.gradients.backward_ratio(row["forward_ms"], row["inputs_ms"], row["weights_ms"])
            for row in layers
        ]
        got = student.gradients.spread(ratios).get("median", math.nan)
        expect_close(
            got,
            median(ratios),
            "the mean of the middle two, for an even number",
            {"the mean was taken; a few slow layers move it": lambda ratios=ratios: sum(ratios) / len(ratios)},
            "['median'] is {}",
        )
        hint = "each ratio must be the time for inputs and weights together, divided by that of forward"
        expect_that(abs(got - middle) < 0.001, f"['median'] is {middle}", f"['median'] is {got:.3f}", hint)
    with expect_raises(ValueError, naming="", hint="there is no rank where there is no ratio"):
        student.gradients.spread([])


@points(0.25, task="5.4")
def test_the_printed_rate_of_convolutions(student: Student) -> None:
    """FLOPs of recorded convolutions, divided by their times, within 0.5 % of what is printed."""
    expect(
        student.gradients.conv_flops(OBLONG),
        58_800,
        "output sizes are (size + 2·pad - filter) // stride + 1, each with its own pad, filter and stride",
        CONVOLUTION,
    )
    large = OBLONG | {"batch": 10**9 + 7, "filters": 10**9 + 9, "channels": 101}
    exact = 2 * (10**9 + 7) * (10**9 + 9) * 4 * 7 * 101 * 10
    expect(student.gradients.conv_flops(large), exact, "exact, however large", inexact(exact))
    for row in rows("convolutions")[::10]:
        rate = student.gradients.achieved_flops(student.gradients.conv_flops(row["layer"]), row["forward_ms"])
        printed = row["printed_tflops"] * 1e12
        expect_that(
            abs(rate / printed - 1) < 0.005, f"{printed:.4g}", f"{rate:.4g}", "2 * results * products of each"
        )


@points(0.25, task="5.4")
def test_a_recurrent_layer_is_far_below_the_peak(student: Student) -> None:
    """A V100's matrix units do 125e12 FLOPs a second; a small recurrent layer gets 1.3 % of that."""
    layer = {"cell": "Vanilla", "hidden": 1760, "batch": 16, "steps": 50}
    exact = 2 * 1760 * 1760 * 16 * 50
    expect(
        student.gradients.recurrent_flops(layer),
        exact,
        "in each step, batch by hidden times hidden by hidden, for each gate",
        {
            "a multiply-add is 2 FLOPs, and was counted as 1": lambda: exact // 2,
            "one step was counted; there are several": lambda: exact // 50,
            "the first step was left out; its state is multiplied like others": lambda: exact // 50 * 49,
        },
    )
    expect(student.gradients.recurrent_flops(layer | {"cell": "LSTM"}), 4 * exact, "an LSTM has four gates")
    share = student.gradients.achieved_flops(exact, 2.958) / 125e12
    expect_that(
        0.013 < share < 0.014,
        "1.3 % of 125e12",
        f"{share:.2%}",
        "FLOPs divided by seconds; a millisecond is 1/1000 s",
    )
    for cell in ("Elman", "Lstm"):
        with expect_raises((ValueError, KeyError), naming=cell, hint="there are three cells, by these names only"):
            student.gradients.recurrent_flops(layer | {"cell": cell})
    for ms in (0.0, -1.5):
        with expect_raises(ValueError, naming=f"{ms:g}", hint=f"{ms:g} ms are not above 0"):
            student.gradients.achieved_flops(exact, ms)


@points(0.25, task="5.3")
def test_the_longest_sequences_in_time(student: Student) -> None:
    """A model of 1e9 parameters and 1e11 tokens on 8 H100s in three days, at 50 %."""
    shape = (10**9, 24, 2048)
    for days, gpus, percent, length, without, half, one, whole in (
        (3, 8, 50, 7_221, 17_393, 14_442, 0, 24_614),
        (30, 1, 40, 7_221, 17_393, 14_442, 7_221, 33_311),
    ):
        wrong = {
            "the parameters' own FLOPs were left out": without,
            "half of attention's square was left out; count it whole": half,
            "one GPU was counted": one,
            "the peak was taken whole; at this MFU, a share of it is used": whole,
            "it was rounded up; that length takes too long": length + 1,
        }
        expect(
            student.utilization.longest_sequence(10**11, days, gpus, 9895 * 10**11, percent, *shape),
            length,
            "ask what each token may cost, and what it costs at which length",
            {words: lambda answer=answer: answer for words, answer in wrong.items() if answer != length},
        )
    expect(
        student.utilization.longest_sequence(10**12, 3, 8, 9895 * 10**11, 50, *shape),
        0,
        "the parameters alone cost more than there is",
        {
            "a length below 0 was given; where nothing fits, it is 0": lambda: -8_434,
            "0 is an answer, too: where not even sequences of one token can be trained in time": lambda: 1,
        },
    )
    exact = 7_200_000_000_000_000_000_000_000_000_000
    got = student.utilization.longest_sequence(1, 12, 10**15, 10**15, 100, 0, 12, 1000)
    expect(got, exact, "exactly, however large", inexact(exact))


@points(0.25, task="5.3")
def test_recorded_answers_5_3(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "5.3")


@points(0.5, task="5.4")
def test_one_part_of_a_step_made_faster(student: Student) -> None:
    """Two layers of 20 ms, and all recorded convolutions: a part twice as fast does not double the whole."""
    two = [
        {"forward_ms": 2.0, "inputs_ms": None, "weights_ms": 3.0},
        {"forward_ms": 4.0, "inputs_ms": 5.0, "weights_ms": 6.0},
    ]
    whole = "the other parts take as long as before; the whole is not as much faster as the part"
    mean_of = "the layers' own speedups were averaged; add up the times of all layers first"
    left_out = "the forward pass was left out; it is a part of the step"
    for part, factor, exact, mistakes in (
        ("weights", 3.0, 20 / 14, {whole: 3.0, mean_of: 91 / 66, left_out: 14 / 8}),
        ("forward", 2.0, 20 / 17, {whole: 2.0, mean_of: 305 / 260, "the share that is gained was given": 0.15}),
        ("inputs", 0.5, 20 / 25, {whole: 0.5, "a part that takes longer slows the step": 1.0}),
    ):
        expect_close(
            student.gradients.step_speedup(two, part, factor),
            exact,
            "the time of a step before, divided by that after",
            {words: lambda answer=answer: answer for words, answer in mistakes.items()},
        )
    layers = [
        {name: row[name] for name in ("forward_ms", "inputs_ms", "weights_ms")} for row in rows("convolutions")
    ]
    for part, printed in (("forward", 1.184), ("inputs", 1.114), ("weights", 1.320)):
        got = student.gradients.step_speedup(layers, part, 2.0)
        hint = "first layers have no time for inputs; their None counts as nothing"
        expect_that(abs(got - printed) < 0.0005, f"{printed:.3f}", f"{got:.3f}", hint)
    for part in ("backward", "Weights", "weights_ms"):
        with expect_raises((ValueError, KeyError), naming=part, hint="there are three parts, by these names only"):
            student.gradients.step_speedup(two, part, 2.0)


@points(0.25, task="5.4")
def test_recorded_answers_5_4(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "5.4")
