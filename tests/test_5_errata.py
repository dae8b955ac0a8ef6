"""Task 5.5, public checks: figures of lecture notes, put right."""

from __future__ import annotations

from collections.abc import Callable

from tests import recorded
from tests.harness import Student, expect, expect_answer, expect_raises, points
from tests.mistakes import inexact


@points(0.15, task="5.5")
def test_a_gb_is_no_gib(student: Student) -> None:
    """80 GB are 80·10⁹ bytes, 80 GiB are 7.4 % more."""
    expect(
        student.errata.size_bytes("80 GB"),
        80 * 10**9,
        "1 GB is 10**9 bytes",
        {"a GB was taken for a GiB": lambda: 80 * 2**30},
    )
    expect(
        student.errata.size_bytes("80 GiB"),
        80 * 2**30,
        "1 GiB is 2**30 bytes",
        {"a GiB was taken for a GB": lambda: 80 * 10**9},
    )
    large = (3**40 + 2) * 10**12
    expect(student.errata.size_bytes(f"{3**40 + 2} TB"), large, "exact, however large", inexact(large))
    hint = "zeros in front change nothing"
    for zeros in (1, 1_000):
        with expect_answer(hint, str(9 * 10**6)):
            got = student.errata.size_bytes(f"{'0' * zeros}9 MB")
        expect(got, 9 * 10**6, hint)
    for wrong, why in (
        ("80 Gb", "Gb is not one of the nine units; it would be gigabits"),
        ("64 KB", "KB is not one of the nine units; upper and lower case differ"),
        ("64   GB", "exactly one space stands between the number and the unit"),
        ("64 GB ", "a space at the end was dropped; nothing stands behind the unit"),
        ("٦٤ GB", "digits of another script were taken; a whole number has digits 0 to 9"),
    ):
        with expect_raises(ValueError, naming=wrong, hint=why):
            student.errata.size_bytes(wrong)


@points(0.25, task="5.5")
def test_a_week_of_eight_h100s(student: Student) -> None:
    """The printed peak is halved once, the GPUs and the seconds count once."""
    week = 4_787_596_800 * 10**12
    expect(
        student.errata.week_flops(8, 1979 * 10**12),
        week,
        "8 GPUs, 604,800 seconds, half of the printed peak",
        {
            "the GPUs were counted twice": lambda: 8 * week,
            "the sparse peak was taken for dense work": lambda: 2 * week,
        }
        | inexact(week),
    )


@points(0.25, task="5.5")
def test_the_inputs_gradient_is_not_computed(student: Student) -> None:
    """The backward pass of x (2, 3), w1 (3, 3), w2 (3, 4)."""
    expect(
        student.errata.backward_flops(2, 3, 4),
        132,
        "w2, h1 and w1 get gradients; x needs none",
        {"the gradient of x was counted though x needs none": lambda: 168},
    )
    large = 6 * (10**7 + 1) ** 3
    got = student.errata.backward_flops(*[10**7 + 1] * 3)
    expect(got, large, "exact, however large", inexact(large))


@points(0.25, task="5.5")
def test_the_range_of_16_bits(student: Student) -> None:
    """float16 reaches from 2**-24 to 2**15, bfloat16 from 2**-133 to 2**127."""
    hint = "the bias is 2**(exponent_bits - 1) - 1; the smallest subnormal number is 2**(1 - bias - mantissa_bits)"
    for bits, low, high in (((5, 10), -24, 15), ((8, 7), -133, 127)):
        mistakes: dict[str, Callable[[], object]] = {
            "subnormal numbers were left out": lambda bits=bits, low=low, high=high: (low + bits[1], high),
            "the highest exponent is kept for infinity, and was taken for a number's": (
                lambda low=low, high=high: (low, high + 1)
            ),
        }
        expect(student.errata.dynamic_range(*bits), (low, high), hint, mistakes)
    expect(
        student.errata.dynamic_range(15, 112),
        (-16_494, 16_383),
        "formats may be wider than Python's floats; exponents are integers",
        {"2 to the power of low was computed as a float, which ends at 2^-1074": lambda: (-1, 16_383)},
    )


@points(0.1, task="5.5")
def test_recorded_answers_5_5(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "5.5")
