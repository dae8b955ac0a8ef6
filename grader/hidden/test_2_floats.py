"""Tasks 2.3 and 2.5, hidden checks: any format, any number."""

from __future__ import annotations

import math
from functools import partial

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import floats as reference
from tests.harness import Student, expect, expect_raises, expect_that, points

FLOAT16 = (5, 10)
formats = st.tuples(st.integers(2, 11), st.integers(1, 52))
small_formats = st.tuples(st.integers(3, 8), st.integers(1, 7))
floats = st.floats(allow_nan=False)

OUT_OF_RANGE = [(1, 3), (0, 3), (-1, 3), (12, 10), (5, 0), (5, -1), (5, 53), (5, 60)]
"""Exponent and mantissa bits of which one is out of range."""

NUMBERS = [
    *[(FLOAT16, x) for x in (65_504.0, 65_510.0, 65_519.0, 65_520.0, 65_536.0)],
    *[((5, 2), x) for x in (57_344.0, 60_000.0, 61_440.0)],
    *[(FLOAT16, n * 2.0**-24) for n in (0.5, 0.501, 0.75, 1, 1.5, 2.5, 3, 20.8, 1022.3, 1023.5, 1024, 1025.5)],
    *[((8, 7), n * 2.0**-133) for n in (0.5, 0.75, 1, 126.7, 128)],
    *[((11, 52), n * 5e-324) for n in (1, 2, 2**52 + 1)],
]
"""A format's bits and a number: around its largest one, its smallest one, and where subnormal ones end."""


@points(1, task="2.3")
@given(bits=formats)
@example(bits=(5, 2))
@example(bits=(11, 52))
def test_the_limits_of_any_format(student: Student, bits: tuple[int, int]) -> None:
    """From 2 exponent bits and 1 mantissa bit to float64."""
    exact = reference.float_format(*bits)
    expect(
        student.floats.float_format(*bits),
        exact,
        "the largest is (2 - epsilon) * 2**bias, the smallest subnormal epsilon * smallest_normal",
        {
            "the highest exponent was used for numbers; it is kept for infinities and NaN": (
                lambda: exact | {"largest": exact["largest"] * 2}
            ),
            "epsilon is the distance from 1 to the next number, not half of it": (
                lambda: exact | {"epsilon": exact["epsilon"] / 2}
            ),
        },
    )
    for exponent_bits, mantissa_bits in OUT_OF_RANGE:
        naming = str(mantissa_bits if 2 <= exponent_bits <= 11 else exponent_bits)
        with expect_raises(ValueError, naming=naming, hint="2 to 11 exponent bits, 1 to 52 mantissa bits"):
            student.floats.float_format(exponent_bits, mantissa_bits)
        with expect_raises(ValueError, naming=naming, hint="the same holds for round_to_format"):
            student.floats.round_to_format(1.0, exponent_bits, mantissa_bits)
        with expect_raises(ValueError, naming=naming, hint="the same holds for fate"):
            student.floats.fate(1.0, exponent_bits, mantissa_bits)


@st.composite
def numbers(draw: st.DrawFn) -> tuple[tuple[int, int], float]:
    """A format, and a number near its ends, halfway between two of its numbers, or any other."""
    bits = draw(formats)
    limits = reference.float_format(*bits)
    ends = [limits["largest"], limits["smallest_subnormal"], limits["smallest_normal"], 1.0]
    mantissa = min(bits[1], 51)
    halves = st.integers(0, 2**mantissa - 1).map(lambda n: 1 + (n + 0.5) * 2.0**-mantissa)
    near = st.builds(lambda end, by: end * by, st.sampled_from(ends), st.integers(1, 4096).map(lambda n: n / 1024))
    return bits, draw(st.one_of(near, halves, floats, st.sampled_from([0.0, -0.0, math.inf, -math.inf])))


@points(0.5, task="2.3")
@given(number=numbers())
@example(number=(FLOAT16, 0.0))
def test_any_number_into_any_format(student: Student, number: tuple[tuple[int, int], float]) -> None:
    """Normal, subnormal, halfway between two, at both ends, zero with its sign, infinite, NaN."""
    for case in [number, *(NUMBERS if not number[1] else ())]:
        _same_number(student, *case)
    got = student.floats.round_to_format(math.nan, *number[0])
    expect_that(math.isnan(got), "nan", f"{got!r}", "NaN stays NaN, in every format")


def _same_number(student: Student, bits: tuple[int, int], x: float) -> None:
    limits, mantissa = reference.float_format(*bits), min(bits[1], 51)
    for value in (x, -x):
        exact = reference.round_to_format(value, *bits)
        got = student.floats.round_to_format(value, *bits)
        mistakes: dict[str, float] = {}
        if abs(value) - abs(exact) == 2.0 ** -(mantissa + 1):
            mistakes["a half was rounded up; it goes to the even number"] = abs(exact) + 2.0**-mantissa
        if 0 < abs(exact) < limits["smallest_normal"]:
            mistakes["it is subnormal, which has fewer bits, and was taken for zero"] = 0.0
        if math.isinf(exact):
            mistakes["it was kept at the largest number; this becomes an infinity"] = limits["largest"]
        elif abs(value) > limits["largest"]:
            mistakes["it is above the largest number, and near enough to be rounded down to it"] = math.inf
        expect(
            got,
            exact,
            "the nearest number of the format; of two, the one whose last stored bit is 0",
            {why: partial(math.copysign, wrong, value) for why, wrong in mistakes.items()},
        )
        expect_that(math.copysign(1, got) == math.copysign(1, exact), f"{exact!r}", f"{got!r}", "the sign is kept")


@points(0.5, task="2.3")
@given(number=numbers())
@example(number=(FLOAT16, 0.0))
def test_the_fate_of_any_number(student: Student, number: tuple[tuple[int, int], float]) -> None:
    """Overflow, underflow, exact or rounded, in any format."""
    for case in [number, *(NUMBERS if not number[1] else ())]:
        _same_fate(student, *case)


def _same_fate(student: Student, bits: tuple[int, int], x: float) -> None:
    smallest = reference.float_format(*bits)["smallest_normal"]
    for value in (x, -x) if math.isfinite(x) else ():
        there = reference.round_to_format(value, *bits)
        subnormal = 0 < abs(there) < smallest
        expect(
            student.floats.fate(value, *bits),
            reference.fate(value, *bits),
            f"it becomes {there!r}",
            {"it becomes a subnormal number, not zero; that is no underflow": lambda: "underflow"}
            if subnormal
            else {},
        )


SUMS: list[tuple[tuple[int, int], list[float]]] = [
    ((8, 7), [256.0, 1.0, 512.0]),
    ((8, 7), [256.0, 1.0, -1.0, 3.0, 1.0]),
    ((5, 10), [2048.0, 1.0, 0.0, 1.0, 4.0]),
    ((5, 10), [0.0, 0.0, 1.0, -1.0, 2.0]),
    ((5, 10), [65_504.0, 16.0, -65_504.0]),
    ((5, 10), []),
]
"""Bits of a format and its numbers: an addition that changes nothing, and more after it."""

SCALES: list[tuple[tuple[int, int], list[float], int]] = [
    ((5, 10), [32_755.0], 2),
    ((5, 10), [32_760.0], 1),
    ((5, 10), [-32_752.0, 1.0], 2),
    ((5, 10), [-65_519.0, 1e-8], 1),
    ((5, 10), [0.1, -0.3], 2**17),
    ((5, 10), [1.9995], 2**15),
    ((8, 7), [1.0], 2**127),
    ((5, 2), [60_000.0], 1),
    ((5, 2), [0.0, -3.7], 2**14),
    ((3, 2), [0.3, -0.29], 2**5),
]
"""Bits of a format, gradients, and their largest scale; most gradients are not numbers of the format."""

NO_TENSORS = ("weights", "gradient", "logits", "Master", "states")

gradients = st.lists(st.integers(-(2**12), 2**12).map(lambda n: n / 64), max_size=60)


def _finite(values: list[float], bits: tuple[int, int]) -> list[float]:
    rounded = [reference.round_to_format(value, *bits) for value in values]
    return [value for value in rounded if math.isfinite(value)]


@points(0.5, task="2.5")
@given(values=gradients, bits=small_formats)
@example(values=[], bits=FLOAT16)
def test_sums_of_any_format(student: Student, values: list[float], bits: tuple[int, int]) -> None:
    """Accumulators, and where they stall."""
    finite = _finite(values, bits)
    for case in [(bits, finite), *(() if values else SUMS)]:
        _same_sum(student, *case)
    steps = [] if values else [(1.0, FLOAT16), (0.0, FLOAT16)]
    if finite and bits[1] <= 4:  # these stall soon: who adds step by step has time for them
        steps.append((min(map(abs, finite)), bits))
    for step, at in steps:
        exact = reference.stalled_sum(step, *at)
        expect(student.floats.stalled_sum(step, *at), exact, "add until nothing changes")


def _same_sum(student: Student, bits: tuple[int, int], values: list[float]) -> None:
    sums = [reference.accumulate(values[:n], *bits) for n in range(len(values) + 1)]
    stalled = next((a for a, b, step in zip(sums, sums[1:], values, strict=False) if step and a == b), None)
    expect(
        student.floats.accumulate(values, *bits),
        sums[-1],
        "round after each addition",
        {
            "it was rounded at the end only": lambda: reference.round_to_format(math.fsum(values), *bits),
            "it ended at an addition that changed nothing; those after it may change it again": lambda: stalled,
        },
    )


@points(0.5, task="2.5")
@given(values=gradients, bits=small_formats)
@example(values=[], bits=FLOAT16)
def test_scales_of_any_format(student: Student, values: list[float], bits: tuple[int, int]) -> None:
    """The largest loss scale, and none where all gradients are zero."""
    finite = _finite(values, bits)
    with expect_raises(ValueError, naming=("overflow", "infin"), hint="no scale makes it smaller"):
        student.floats.largest_loss_scale([*finite, -2 * reference.float_format(*bits)["largest"]], *bits)
    if any(finite):
        _same_scale(student, bits, finite, reference.largest_loss_scale(finite, *bits))
    else:
        with expect_raises(ValueError, naming=("zero", "0")):
            student.floats.largest_loss_scale(finite, *bits)
    for case in () if values else SCALES:
        _same_scale(student, *case)


def _same_scale(student: Student, bits: tuple[int, int], values: list[float], scale: int) -> None:
    top = max(map(abs, values)) * scale
    unrounded = scale > 1 and top > reference.float_format(*bits)["largest"]
    larger = "a larger one fits: what is a little above the largest number is rounded down to it"
    expect(
        student.floats.largest_loss_scale(values, *bits),
        scale,
        "the largest power of two with which no gradient becomes an infinity",
        {
            "with that scale, a gradient overflows": lambda: 2 * scale,
            larger if unrounded else "a larger one fits": lambda: scale // 2,
        },
    )


@points(0.5, task="2.5")
def test_every_tensor_of_every_recipe(student: Student) -> None:
    """Six kinds of tensor in four recipes, and names that are none."""
    for recipe in ("fp32", "bf16", "mixed", "mixed_no_master"):
        for tensor in ("parameters", "activations", "gradients", "accumulator", "master", "optimizer"):
            exact = reference.kept_in(tensor, recipe)
            expect(student.floats.kept_in(tensor, recipe), exact, "see the handout's table")
            for wrong in ("fp7", "fp16", "MIXED"):
                with expect_raises((ValueError, KeyError), naming=wrong):
                    student.floats.kept_in(tensor, wrong)
        for wrong in NO_TENSORS:
            with expect_raises(
                (ValueError, KeyError), naming=wrong, hint="there are six kinds, by these names only"
            ):
                student.floats.kept_in(wrong, recipe)
