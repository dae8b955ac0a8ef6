"""Task 4.5, public checks: peaks and budgets."""

from __future__ import annotations

from tests import recorded
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import DECIMALS, FLOATS, inexact

WEEK_S = 7 * 24 * 3600


@points(0.5, task="4.5")
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


@points(0.25, task="4.5")
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


OFFERS = [
    {"gpu": "A100", "gpus": 8, "mfu_percent": 50, "cents_per_hour": 180},
    {"gpu": "H100", "gpus": 8, "mfu_percent": 40, "cents_per_hour": 350},
    {"gpu": "H200", "gpus": 16, "mfu_percent": 40, "cents_per_hour": 350},
    {"gpu": "B200", "gpus": 64, "mfu_percent": 35, "cents_per_hour": 600},
]
"""Their 1e21 FLOPs take 223, 88, 44 and 6 hours that have begun: 3,211, 2,464, 2,464 and 2,304 dollars."""

CHEAP = OFFERS[0] | {"gpus": 1}


@points(0.5, task="4.5")
def test_the_cheapest_of_four_offers(student: Student) -> None:
    """1e21 FLOPs on A100s, H100s, H200s and B200s, at different prices."""
    one, fewest = "one GPU was paid; all of them are", "the fewest GPUs are not the least money"
    lowest = "the lowest price of an hour is not the least money"
    for flops, days, offers, best, mistakes in (
        (10**21, 30, [OFFERS[1], *OFFERS[:1], OFFERS[3]], 2, {one: 2, lowest: 1, fewest: 0}),
        (10**21, 30, OFFERS[:2], 1, {one: 0, lowest: 0}),
        (10**21, 30, OFFERS[:3], 1, {one: 2, "of offers that cost the same, the first one counts": 2}),
        (10**21, 3, OFFERS[:3], 2, {"an offer was taken that is not done in time": 1}),
        (10**21, 1, OFFERS[:3], None, {"an offer was taken that is not done in time": 1}),
        (10**21, 30, OFFERS, 3, {one: 3, fewest: 1}),
        (
            10**18,
            30,
            [OFFERS[3] | {"cents_per_hour": 150}, OFFERS[0]],
            1,
            {"an hour that has begun counts whole": 0},
        ),
        (10**18, 30, [CHEAP, CHEAP | {"cents_per_hour": 0}], 1, {"what costs nothing is the least money": 0}),
        (10**18, 30, [CHEAP | {"cents_per_hour": 2**60 - off} for off in (0, 1)], 1, {FLOATS: 0}),
        (10**21, 30, [], None, {}),
    ):
        expect(
            student.budgets.cheapest_offer(flops, days, offers),
            best,
            "of those in time, hours that have begun, times GPUs, times the price of one GPU's hour",
            {words: lambda answer=answer: answer for words, answer in mistakes.items()},
        )
    day = 86_400 * 8 * 312 * 10**12 // 2
    for flops, best in ((day, 0), (day + 1, None)):
        expect(
            student.budgets.cheapest_offer(flops, 1, OFFERS[:1]),
            best,
            "a training that ends with the last second of the last day is in time, and one FLOP more is not",
        )


@points(0.25, task="4.5")
def test_recorded_answers_4_5(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "4.5")
