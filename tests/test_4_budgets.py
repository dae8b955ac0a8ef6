"""Task 4.5, public checks: peaks and budgets."""

from __future__ import annotations

from tests.harness import Student, expect, expect_raises, points

WEEK_S = 7 * 24 * 3600


@points(1, task="4.5")
def test_peaks_are_dense_or_sparse(student: Student) -> None:
    """The H100's printed 1979e12 holds with sparsity; dense is half of it."""
    expect(student.budgets.peak_flops("H100", "bf16", True), 1979 * 10**12, "the table's sparse column")
    expect(
        student.budgets.peak_flops("H100", "bf16", False),
        9895 * 10**11,
        "the data sheet prints the sparse peak; dense is half of it",
        {"that is the sparse peak; dense is half of it": lambda: 1979 * 10**12},
    )
    with expect_raises((ValueError, KeyError), naming=("fp32", "H100")):
        student.budgets.peak_flops("H100", "fp32", True)


@points(0.5, task="4.5")
def test_eight_gpus_for_a_week(student: Student) -> None:
    """8 H100s for a week are 4.788e21 FLOPs."""
    week = 4_787_596_800 * 10**12
    expect(
        student.budgets.cluster_flops(8, WEEK_S, 9895 * 10**11),
        week,
        "GPUs times seconds times peak, each once",
        {"the GPUs were counted twice": lambda: 8 * week, "one GPU was counted": lambda: week // 8},
    )


@points(0.5, task="4.5")
def test_how_long_gpt_4_took(student: Student) -> None:
    """GPT-4's 2e25 FLOPs on 20,000 A100s at 35 % take 9,157,510 seconds, 106 days."""
    week = 4_787_596_800 * 10**12
    expect(
        student.budgets.training_seconds(2 * 10**25, 20_000, 312 * 10**12, 35),
        9_157_510,
        "GPT-4's budget, as estimated, on 20,000 A100s",
    )
    expect(
        student.budgets.training_seconds(week, 8, 9895 * 10**11, 50),
        2 * WEEK_S,
        "at half of the peak, twice as long",
    )
