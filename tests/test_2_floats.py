"""Tasks 2.3 and 2.5, public checks: numbers of few bits."""

from __future__ import annotations

import math
from functools import partial

from tests import recorded
from tests.harness import Student, expect, expect_answer, expect_raises, expect_that, points
from tests.mistakes import OneOf

FLOAT16, BFLOAT16, FLOAT64 = (5, 10), (8, 7), (11, 52)
TOP = "the highest exponent was used for numbers; it is kept for infinities and NaN"

ROUNDED: list[tuple[float, tuple[int, int], float, str, dict[str, float]]] = [
    (
        1e-6,
        FLOAT16,
        17 * 2.0**-24,
        "a subnormal number is a multiple of 2**-24",
        {
            "it is subnormal, which has fewer bits, and was taken for zero": 0.0,
            "it was cut off instead of rounded": 16 * 2.0**-24,
        },
    ),
    (
        4e-8,
        FLOAT16,
        2.0**-24,
        "2**-24 is nearer than 0",
        {"it is below the smallest number, and near enough to be rounded up to it": 0.0},
    ),
    (
        (6.5 + 2.0**-11) * 2.0**-24,
        FLOAT16,
        7 * 2.0**-24,
        "it is above the middle of 6 and 7 times 2**-24",
        {
            "it was rounded as a normal number first, and then once more; a subnormal one has fewer bits": (
                6 * 2.0**-24
            )
        },
    ),
    (
        4098 + 2.0**-20,
        FLOAT16,
        4100.0,
        "it is above the middle of 4096 and 4100",
        {"it was rounded to float32 on the way; rounding twice is not rounding once": 4096.0},
    ),
    (
        65_508.0,
        FLOAT16,
        65_504.0,
        "it is below 65,520",
        {"it is above the largest number, and near enough to be rounded down to it": math.inf},
    ),
    (-7e4, FLOAT16, -math.inf, "it is beyond -65,520", {"it was kept at the largest number": -65_504.0}),
    (
        math.nextafter(32.0, 0.0),
        FLOAT64,
        math.nextafter(32.0, 0.0),
        "float64 has it",
        {
            "the exponent was taken from a logarithm, which rounds up just below a power of two; frexp is exact": (
                32.0
            )
        },
    ),
]
"""Numbers, bits of a format, the format's nearest number, a hint, and what known mistakes give."""


@points(0.75, task="2.3")
def test_the_limits_of_float16(student: Student) -> None:
    """65,504 is the largest, 2**-24 the smallest, 2**-10 the step after 1; and bfloat16 has float32's range."""
    limits = {
        "largest": 65504.0,
        "smallest_normal": 2.0**-14,
        "smallest_subnormal": 2.0**-24,
        "epsilon": 2.0**-10,
    }
    expect(
        student.floats.float_format(*FLOAT16),
        limits,
        "the bias is 15; the exponent's highest code is kept for infinities, its lowest for subnormal numbers",
        {TOP: lambda: limits | {"largest": 131_008.0}},
    )
    expect(
        student.floats.float_format(*BFLOAT16).get("largest"),
        (2 - 2.0**-7) * 2.0**127,
        "bias 127, as in float32",
        {TOP: lambda: (2 - 2.0**-7) * 2.0**128},
        "['largest'] is {}",
    )
    for bits, naming in (((12, 10), "12"), ((5, 0), "0"), ((1, 10), "1"), ((5, 53), "53")):
        for call in (student.floats.float_format, partial(student.floats.round_to_format, 2.0)):
            with expect_raises(ValueError, naming=naming, hint="2 to 11 exponent bits, 1 to 52 mantissa bits"):
                call(*bits)


@points(0.5, task="2.3")
def test_1e_10_underflows_in_float16_only(student: Student) -> None:
    """1e-10 is 0 in float16, and not in bfloat16; 70,000 is infinite in float16; halves go to the even number."""
    rounded = student.floats.round_to_format
    expect(rounded(1e-10, *FLOAT16), 0.0, "it is below half of the smallest subnormal number")
    expect(rounded(1e-10, *BFLOAT16), 1.71875 * 2.0**-34, "bfloat16 has the exponents of float32")
    large = {
        "it was kept at the largest number; this becomes an infinity": lambda: 65_504.0,
        TOP: lambda: 70_016.0,
    }
    expect(rounded(7e4, *FLOAT16), math.inf, "it is above 65,520", large)
    ties = {
        "a half was rounded up; it goes to the even number": lambda: 2050.0,
        "it was cut off instead of rounded": lambda: 2049.0,
    }
    got = rounded(-1e-10, *FLOAT16)
    expect_that(got == 0 and math.copysign(1, got) < 0, "-0.0", f"{got!r}", "the sign is kept, that of zero too")
    expect(rounded(2049.0, *FLOAT16), 2048.0, "2048 and 2050 are equally near, and 2048's last bit is 0", ties)
    expect(
        rounded(2051.0, *FLOAT16),
        2052.0,
        "2050 and 2052 are equally near, and 2052's last bit is 0",
        {"it was cut off instead of rounded": lambda: 2050.0},
    )
    for x, bits, nearest, hint, mistakes in ROUNDED:
        expect(rounded(x, *bits), nearest, hint, {why: partial(float, wrong) for why, wrong in mistakes.items()})


@points(0.5, task="2.3")
def test_what_overflows_and_what_underflows(student: Student) -> None:
    """1e-10, 70,000, 0.5 and 0.1 in float16."""
    for x, becomes, hint in (
        (1e-10, "underflow", "it becomes zero, and was not zero before"),
        (7e4, "overflow", "it becomes an infinity: it is above 65,520"),
        (0.5, "exact", "float16 holds it, so it stays what it is"),
        (0.1, "rounded", "it becomes another number, which is neither zero nor an infinity"),
        (1e-6, "rounded", "it does not become zero, and so it is no underflow, however small it is"),
        (4e-8, "rounded", "it is below the smallest number, and near enough to be rounded up to it"),
        (65_515.0, "rounded", "it is above the largest number, and near enough to be rounded down to it"),
        (1 + 1e-10, "rounded", "it changes, if only by little: 'exact' is equal, not close"),
        (0.0, "exact", "a number that stays what it is, is exact, be it zero or subnormal"),
    ):
        expect(student.floats.fate(x, *FLOAT16), becomes, hint)


@points(0.5, task="2.5")
def test_ones_stall_at_256_in_bfloat16(student: Student) -> None:
    """A thousand ones add up to 256 in bfloat16, and a fp32 accumulator gets them right."""
    stalled = "round after each addition: 256 + 1 is halfway between 256 and 258, and goes to the even one"
    order = {
        "halves of the list were added up first; add from left to right": lambda: 258.0,
        "it was rounded at the end only; round after each addition": lambda: 260.0,
    }
    expect(student.floats.accumulate([256.0, 1.0, 1.0, 1.0], *BFLOAT16), 256.0, stalled, order)
    expect(student.floats.accumulate([1.0] * 1000, *BFLOAT16), 256.0, stalled)
    expect(student.floats.accumulate([1.0] * 1000, 8, 23), 1000.0, "float32 holds every whole number up to 2**24")
    expect(student.floats.stalled_sum(1.0, *BFLOAT16), 256.0, stalled)
    patience = "the sum still grows there: go on until nothing changes, however many steps that takes"
    grown = student.floats.stalled_sum(2.0**-14, 5, 12)
    expect(grown, 0.5, "between 0.5 and 1, numbers are 2**-13 apart", {patience: lambda: grown})
    later = {"it ended at an addition that changed nothing; those after it may change it again": lambda: 256.0}
    expect(student.floats.accumulate([256.0, 1.0, 4.0], *BFLOAT16), 260.0, "256, 256, 260", later)
    hint = "each of the three numbers is too small to change 256"
    expect(student.floats.accumulate([256.0, 0.5, 1.0, 0.5], *BFLOAT16), 256.0, hint)


@points(0.5, task="2.5")
def test_the_largest_scale_that_does_not_overflow(student: Student) -> None:
    """A gradient of 2**-10 bears a scale of 2**25 in float16; one of 0.34 with it was 1e-8 before."""
    expect(
        student.floats.largest_loss_scale([1e-8, -(2.0**-10)], *FLOAT16),
        2**25,
        "2**-10 * 2**25 is 2**15, which fits; 2**16 is too large",
        {
            "with that scale, a gradient overflows": lambda: 2**26,
            "the sign was kept; the largest gradient is -2**-10": lambda: 2**42,
        },
    )
    rounded_down = {
        "a larger one fits: what is a little above the largest number is rounded down to it": lambda: 2**14
    }
    expect(student.floats.largest_loss_scale([-1.99945], *FLOAT16), 2**15, "65,518 becomes 65,504", rounded_down)
    large = {
        "the scale need not fit a format or a float: it goes on for as long as no gradient overflows": lambda: (
            scale
        )
    }
    with expect_answer("a float can't hold this scale; use a whole number, and math.ldexp", "2**1075"):
        scale = student.floats.largest_loss_scale([2.0**-1060], *FLOAT16)
    expect(scale, 2**1075, "a whole number may be larger than any float", large)
    with expect_raises(
        ValueError, naming=("zero", "0"), hint="zero stays zero with every scale: raise ValueError"
    ):
        student.floats.largest_loss_scale([0.0], *FLOAT16)
    with expect_raises(
        ValueError,
        naming=("overflow", "infinite", "infinity", "infinities"),
        hint="a gradient overflows by itself, without any scale: raise ValueError, and say that it would overflow",
    ):
        student.floats.largest_loss_scale([1.0, 7e4], *FLOAT16)


@points(0.25, task="2.5")
def test_what_mixed_precision_keeps_in_what(student: Student) -> None:
    """Gradients in bfloat16; the master copy, the optimizer's states and accumulators in float32."""
    in_float32 = "gradients were taken for float32; mixed precision keeps them in bfloat16"
    for tensor, recipe, dtype in (
        ("gradients", "mixed", "bfloat16"),
        ("master", "mixed", "float32"),
        ("optimizer", "mixed", "float32"),
        *[("accumulator", recipe, "float32") for recipe in ("mixed", "bf16", "fp32", "mixed_no_master")],
        ("optimizer", "bf16", "bfloat16"),
        ("master", "bf16", "none"),
    ):
        sums = {"sums of products are kept in float32 in every recipe": lambda: OneOf(["bfloat16"])}
        mistakes = {"gradients": {in_float32: lambda: "float32"}, "accumulator": sums}
        expect(student.floats.kept_in(tensor, recipe), dtype, "see the handout's table", mistakes.get(tensor))
    for tensor, recipe, naming, hint in (
        ("accumulator", "fp64", "fp64", "there is no recipe fp64: raise, for accumulators as for other tensors"),
        ("gradients", "BF16", "BF16", "there is no recipe BF16; upper and lower case differ"),
        (
            "gradient",
            "mixed",
            "gradient",
            "there is no tensor 'gradient'; the handout's names have to fit as a whole",
        ),
    ):
        with expect_raises((ValueError, KeyError), naming=naming, hint=hint):
            student.floats.kept_in(tensor, recipe)


@points(0.25, task="2.3")
def test_recorded_answers_2_3(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "2.3")


@points(0.25, task="2.5")
def test_recorded_answers_2_5(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "2.5")
