"""Task 4.5, public checks: peaks and budgets."""

from __future__ import annotations

from tests import recorded
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import DECIMALS, FLOATS, inexact

WEEK_S = 7 * 24 * 3600


@points(0.75, task="4.5")
def test_peaks_are_dense_or_sparse(student: Student) -> None:
    """The H100's printed 1979e12 holds with sparsity; dense is half of it."""
    expect(student.budgets.peak_flops("H100", "bf16", True), 1979 * 10**12, "the table's sparse column")
    expect(
        student.budgets.peak_flops("H100", "bf16", False),
        9895 * 10**11,
        "the data sheet prints the sparse peak; dense is half of it",
        {"that is the sparse peak; dense is half of it": lambda: 1979 * 10**12},
    )
    with expect_raises((ValueError, KeyError), naming=("fp32", "H100"), hint="the table has no such peak: raise"):
        student.budgets.peak_flops("H100", "fp32", True)
    for gpu, dtype, name, near in (
        ("b200", "bf16", "b200", "B200"),
        ("H200 NVL", "bf16", "H200 NVL", "H200"),
        ("A100", "float32", "float32", "fp32"),
    ):
        hint = f"the table has no {name!r}: raise, and don't take it for {near!r}"
        with expect_raises((ValueError, KeyError), naming=name, hint=hint):
            student.budgets.peak_flops(gpu, dtype, False)


@points(0.5, task="4.5")
def test_eight_gpus_for_a_week(student: Student) -> None:
    """8 H100s for a week are 4.788e21 FLOPs."""
    week = 4_787_596_800 * 10**12
    expect(
        student.budgets.cluster_flops(8, WEEK_S, 9895 * 10**11),
        week,
        "GPUs times seconds times peak, each once",
        {"the GPUs were counted twice": lambda: 8 * week, "one GPU was counted": lambda: week // 8}
        | inexact(week),
    )


@points(0.5, task="4.5")
def test_how_long_gpt_4_took(student: Student) -> None:
    """GPT-4's 2e25 FLOPs on 20,000 A100s at 35 % take 9,157,510 seconds, 106 days."""
    week = 4_787_596_800 * 10**12
    expect(
        student.budgets.training_seconds(2 * 10**25, 20_000, 312 * 10**12, 35),
        9_157_510,
        "GPT-4's budget, as estimated, on 20,000 A100s",
        {"it was rounded down; the last part of a second counts": lambda: 9_157_509},
    )
    expect(
        student.budgets.training_seconds(week, 8, 9895 * 10**11, 50),
        2 * WEEK_S,
        "at half of the peak, twice as long",
        {"a whole number of seconds was given one more": lambda: 2 * WEEK_S + 1},
    )
    expect(
        student.budgets.training_seconds(10**6, 1, 150, 1),
        666_667,
        "1 % of 150 FLOPs a second are 1.5",
        {"the share of the peak was rounded before the division": lambda: 10**6},
    )
    for flops, gpus, peak, seconds, mistake in (
        (10**24 + 1, 10, 10**4, 10**19 + 1, FLOATS),
        (10**33 + 1, 1_000, 10**16, 10**14 + 1, DECIMALS),
    ):
        rounded = {mistake: lambda seconds=seconds: seconds - 1}
        got = student.budgets.training_seconds(flops, gpus, peak, 100)
        expect(got, seconds, f"it is one FLOP more than {seconds - 1} seconds take", rounded)
    for wrong in (-20, 0, 120):
        with expect_raises(ValueError, naming=str(wrong), hint=f"a share of {wrong} % is not in 1 to 100"):
            student.budgets.training_seconds(10**6, 1, 150, wrong)


@points(0.25, task="4.5")
def test_recorded_answers_4_5(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "4.5")
