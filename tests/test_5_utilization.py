"""Tasks 5.3 and 5.4, public checks: utilization, and recorded timings of real GPUs."""

from __future__ import annotations

import math
from statistics import median

from tests.harness import Student, expect, expect_close, expect_raises, expect_that, points
from tests.timing_examples import rows


@points(0.5, task="5.3")
def test_the_printed_mfu_of_trainings_on_h100s(student: Student) -> None:
    """Each row's MFU, within 0.3 % of what is printed."""
    for row in rows("gpt_training")[::8]:
        each = student.utilization.flops_per_token(row["parameters"], row["layers"], row["d_model"], row["seq"])
        expect(
            each,
            6 * row["parameters"] + 12 * row["layers"] * row["d_model"] * row["seq"],
            "6 for each parameter, and attention's own",
            {"attention's own FLOPs were left out": lambda row=row: 6 * row["parameters"]},
        )
        share = student.utilization.mfu(each, row["tokens_per_s_per_gpu"] * row["gpus"], row["gpus"], row["peak"])
        printed = row["mfu_percent_printed"] / 100
        expect_that(
            abs(share / printed - 1) < 0.003, f"{printed:.4f}", f"{share:.4f}", "divide by the peak of all GPUs"
        )


@points(0.5, task="5.3")
def test_the_printed_hfu_of_trainings_on_h100s(student: Student) -> None:
    """Each row's HFU from its printed MFU, within 0.3 % of what is printed."""
    for row in rows("gpt_training")[::8]:
        again = student.utilization.hfu(row["mfu_percent_printed"] / 100, row["checkpointing"])
        printed = row["hfu_percent_printed"] / 100
        expect_that(
            abs(again / printed - 1) < 0.003,
            f"{printed:.4f}",
            f"{again:.4f}",
            "with checkpointing, the forward pass is computed twice: 4 passes for 3",
        )


@points(0.5, task="5.4")
def test_backward_is_not_twice_forward_in_time(student: Student) -> None:
    """On a V100, the median ratio of convolutions is 2.57, and that of recurrent layers 1.08."""
    for name, middle in (("convolutions", 2.567), ("recurrent", 1.081)):
        ratios = [
            student.gradients.backward_ratio(row["forward_ms"], row["inputs_ms"], row["weights_ms"])
            for row in rows(name)
        ]
        got = student.gradients.spread(ratios).get("median", math.nan)
        expect_close(
            got,
            median(ratios),
            "the mean of the middle two, for an even number",
            {"the mean was taken; a few slow layers move it": lambda ratios=ratios: sum(ratios) / len(ratios)},
        )
        expect_that(abs(got - middle) < 0.001, f"{middle}", f"{got:.3f}", "inputs plus weights")


@points(0.5, task="5.4")
def test_the_printed_rate_of_convolutions(student: Student) -> None:
    """FLOPs of recorded convolutions, divided by their times, within 0.5 % of what is printed."""
    for row in rows("convolutions")[::10]:
        rate = student.gradients.achieved_flops(student.gradients.conv_flops(row["layer"]), row["forward_ms"])
        printed = row["printed_tflops"] * 1e12
        expect_that(
            abs(rate / printed - 1) < 0.005, f"{printed:.4g}", f"{rate:.4g}", "2 * results * products of each"
        )


@points(0.5, task="5.4")
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
        },
    )
    expect(student.gradients.recurrent_flops(layer | {"cell": "LSTM"}), 4 * exact, "an LSTM has four gates")
    share = student.gradients.achieved_flops(exact, 2.958) / 125e12
    expect_that(0.013 < share < 0.014, "1.3 % of 125e12", f"{share:.2%}", "a millisecond is 1/1000 s")
    with expect_raises((ValueError, KeyError), naming="Elman"):
        student.gradients.recurrent_flops(layer | {"cell": "Elman"})
