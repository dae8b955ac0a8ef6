"""Task 4.5, hidden checks: every peak, and budgets of published models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, Decimal
from functools import partial
from operator import mul
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import budgets as reference
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import OneOf, inexact, whole

HOPPER = ("fp32", "tf32", "bf16", "fp8")
TABLE = {"A100": HOPPER[:3], "H100": HOPPER, "H200": HOPPER, "B200": (*HOPPER, "fp4")}
DTYPES = TABLE["B200"]
UNKNOWN = (
    *(("A100", dtype, sparse, ("A100", dtype)) for dtype in ("fp8", "fp4") for sparse in (False, True)),
    *((gpu, "fp4", True, (gpu, "fp4")) for gpu in ("H100", "H200")),
    ("H200", "fp4", False, ("H200", "fp4")),
    *((gpu, "fp32", True, (gpu, "fp32")) for gpu in TABLE),
    ("V9", "bf16", False, ("V9",)),
    ("V9", "fp32", True, ("V9", "fp32")),
    ("H100", "int8", False, ("int8",)),
    ("A100", "int8", True, ("int8",)),
    ("h100", "bf16", False, ("h100",)),
    ("H100 PCIe", "bf16", True, ("H100 PCIe",)),
    ("NVIDIA A100", "tf32", False, ("NVIDIA A100",)),
    ("B100", "fp4", False, ("B100",)),
    ("A100", "BF16", False, ("BF16",)),
    ("H200", "bfloat16", False, ("bfloat16",)),
    ("B200", "fp16", True, ("fp16",)),
    ("B200", "", False, ("",)),
)
"""What the table does not have: a GPU, a dtype and whether sparse, and what a message may name of it."""


@points(0.25, task="4.5")
def test_every_peak_of_the_table(student: Student) -> None:
    """Each GPU and dtype, dense and sparse."""
    for gpu, dtypes in TABLE.items():
        for dtype in dtypes:
            for sparse in (False, True)[: 1 if dtype == "fp32" else 2]:
                exact = reference.peak_flops(gpu, dtype, sparse)
                expect(
                    student.budgets.peak_flops(gpu, dtype, sparse),
                    exact,
                    "see the handout's table",
                    {"that is the sparse peak; dense is half of it": partial(mul, 2, exact)},
                )
    for gpu, dtype, sparse, names in UNKNOWN:
        hint = f"the table has no {'sparse' if sparse else 'dense'} peak of {gpu!r} in {dtype!r}"
        hint += "; only the names that stand in it are names" if gpu not in TABLE or dtype not in DTYPES else ""
        with expect_raises((ValueError, KeyError), naming=names, hint=hint):
            student.budgets.peak_flops(gpu, dtype, sparse)


@points(0.25, task="4.5")
@given(gpus=whole(), seconds=whole(), peak=whole())
@example(gpus=3 * 10**6, seconds=3 * 10**6, peak=3 * 10**6)
def test_clusters_of_any_size(student: Student, gpus: int, seconds: int, peak: int) -> None:
    """GPUs, seconds and peak, each once."""
    exact = gpus * seconds * peak
    expect(
        student.budgets.cluster_flops(gpus, seconds, peak),
        exact,
        "gpus * seconds * peak, each once",
        {"the GPUs were counted twice": lambda: gpus * exact} | inexact(exact),
    )


@points(0.5, task="4.5")
@given(seconds=whole(), gpus=whole(6), peak=whole(17), mfu=st.integers(1, 100), off=st.sampled_from([0, 1, -1]))
@example(seconds=14_285_714_285_714, gpus=7, peak=10**12, mfu=1, off=0)
@example(seconds=142_857_142_857, gpus=7, peak=10**12, mfu=100, off=1)
@example(seconds=10**9, gpus=10**5, peak=10**16, mfu=100, off=1)
@example(seconds=10**9, gpus=10**5, peak=10**16, mfu=100, off=0)
def test_budgets_of_any_size(student: Student, seconds: int, gpus: int, peak: int, mfu: int, off: int) -> None:
    """Exact to the second, rounded up, however large the numbers, and however near to a whole second."""
    flops = max(1, seconds * gpus * peak * mfu // 100 + off)
    exact = reference.training_seconds(flops, gpus, peak, mfu)
    expect(
        student.budgets.training_seconds(flops, gpus, peak, mfu),
        exact,
        "ceil(flops * 100 / (gpus * peak * mfu_percent)) in integers: -(-a // b)",
        {
            "it was rounded down; the last part of a second counts": lambda: flops * 100 // (gpus * peak * mfu),
            "a whole number of seconds was given one more": lambda: flops * 100 // (gpus * peak * mfu) + 1,
            "the share of the peak was rounded before the division": (
                lambda: -(-flops // max(1, gpus * peak * mfu // 100))
            ),
            "Decimal was used, which holds 28 digits; integers are exact": (
                lambda: _in_decimals(flops, gpus, peak, mfu)
            ),
            "floats were used, which hold 53 bits; integers are exact": (
                lambda: -int(-flops * 100 / (gpus * peak * mfu) // 1)
            ),
        },
    )
    for wrong in (0, -5, 101, 250):
        with expect_raises(ValueError, naming=str(wrong), hint=f"a share of {wrong} % is not in 1 to 100"):
            student.budgets.training_seconds(flops, gpus, peak, wrong)


def _in_decimals(flops: int, gpus: int, peak: int, mfu: int) -> int:
    seconds = Decimal(flops) * 100 / (Decimal(gpus) * peak * mfu)
    return int(seconds.to_integral_value(ROUND_CEILING))


@st.composite
def tenders(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to five offers; some cost the same."""
    offer = st.fixed_dictionaries(
        {
            "gpu": st.sampled_from([*TABLE]),
            "gpus": whole(5),
            "mfu_percent": st.integers(1, 100),
            "cents_per_hour": whole(4),
        }
    )
    found = draw(st.lists(offer, max_size=4))
    return found + draw(st.lists(st.sampled_from(found), max_size=1)) if found else found


def _cost(offer: dict[str, Any], flops: int, *, hours: bool = True, gpus: bool = True) -> int:
    """What an offer costs, in 3600ths of a cent; without whole hours or for one GPU where it is said so."""
    return _price(offer, _seconds(offer, flops), hours=hours, gpus=gpus)


def _price(offer: dict[str, Any], seconds: int, *, hours: bool = True, gpus: bool = True) -> int:
    paid = -(-seconds // 3600) * 3600 if hours else seconds
    return paid * int(offer["cents_per_hour"]) * (int(offer["gpus"]) if gpus else 1)


def _seconds(offer: dict[str, Any], flops: int) -> int:
    peak = reference.peak_flops(offer["gpu"], "bf16", sparse=False)
    return reference.training_seconds(flops, offer["gpus"], peak, offer["mfu_percent"])


@points(1, task="4.5")
@given(flops=whole(24), days=whole(4), offers=tenders())
@example(
    flops=2 * 10**22,
    days=40,
    offers=[
        {"gpu": "A100", "gpus": 64, "mfu_percent": 45, "cents_per_hour": 149},
        {"gpu": "B200", "gpus": 16, "mfu_percent": 38, "cents_per_hour": 588},
        {"gpu": "H200", "gpus": 8, "mfu_percent": 41, "cents_per_hour": 120},
    ],
)
@example(
    flops=10**19,
    days=9,
    offers=[
        {"gpu": "B200", "gpus": 32, "mfu_percent": 30, "cents_per_hour": 400},
        {"gpu": "A100", "gpus": 4, "mfu_percent": 50, "cents_per_hour": 150},
    ],
)
@example(  # one second more than an hour
    flops=312 * 10**12 * 3601,
    days=1,
    offers=[
        {"gpu": "A100", "gpus": 1, "mfu_percent": 100, "cents_per_hour": 100},
        {"gpu": "B200", "gpus": 1, "mfu_percent": 100, "cents_per_hour": 150},
    ],
)
@example(  # whole hours
    flops=312 * 10**12 * 7200,
    days=30,
    offers=[
        {"gpu": "A100", "gpus": 1, "mfu_percent": 100, "cents_per_hour": 300},
        {"gpu": "A100", "gpus": 2, "mfu_percent": 99, "cents_per_hour": 160},
    ],
)
@example(  # equally little, with a lower price of an hour, and with fewer GPUs
    flops=312 * 10**12 * 7200,
    days=30,
    offers=[
        {"gpu": "A100", "gpus": 2, "mfu_percent": 100, "cents_per_hour": 200},
        {"gpu": "A100", "gpus": 2, "mfu_percent": 50, "cents_per_hour": 100},
        {"gpu": "A100", "gpus": 1, "mfu_percent": 100, "cents_per_hour": 200},
    ],
)
def test_the_cheapest_of_any_offers(student: Student, flops: int, days: int, offers: list[dict[str, Any]]) -> None:
    """Offers that are late, that cost the same, and none at all."""

    def least(cost: Callable[[dict[str, Any]], int], timely: Sequence[int]) -> int | None:
        return min(timely, key=lambda index: cost(offers[index]), default=None)

    timely = [index for index, offer in enumerate(offers) if _seconds(offer, flops) <= days * 86_400]
    best = least(partial(_cost, flops=flops), timely)
    cents = {index: _cost(offers[index], flops) for index in timely}
    expect(
        student.budgets.cheapest_offer(flops, days, offers),
        best,
        "of those in time, hours that have begun, times GPUs, times the price of one GPU's hour",
        {
            "an offer was taken that is not done in time": lambda: least(
                partial(_cost, flops=flops), range(len(offers))
            ),
            "one GPU was paid; all of them are": lambda: least(partial(_cost, flops=flops, gpus=False), timely),
            "an hour that has begun counts whole": lambda: least(partial(_cost, flops=flops, hours=False), timely),
            "hours were rounded down; one that has begun counts whole": lambda: least(
                lambda offer: _price(offer, _seconds(offer, flops) // 3600 * 3600), timely
            ),
            "of offers that cost the same, the first one counts": (
                lambda: OneOf(n for n in timely[::-1] if n != best and cents[n] == min(cents.values()))
            ),
            "whole hours were followed by another one": (
                lambda: least(lambda offer: _price(offer, _seconds(offer, flops) + 1), timely)
            ),
        },
    )
