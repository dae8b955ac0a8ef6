"""Tasks 2.3 and 2.5, hidden checks: any format, any number."""

from __future__ import annotations

import math
from functools import partial

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import floats as reference
from tests.harness import Student, expect, expect_raises, expect_that, points

formats = st.tuples(st.integers(2, 11), st.integers(1, 52))
small_formats = st.tuples(st.integers(3, 8), st.integers(1, 10))
floats = st.floats(allow_nan=False)


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
    for exponent_bits, mantissa_bits, naming in ((1, 3, "1"), (5, 0, "0"), (5, 53, "53")):
        with expect_raises(ValueError, naming=naming):
            student.floats.float_format(exponent_bits, mantissa_bits)


def _number(data: st.DataObject, bits: tuple[int, int]) -> float:
    """A number near the ends of a format, halfway between two of its numbers, or any other."""
    limits = reference.float_format(*bits)
    ends = [limits["largest"], limits["smallest_subnormal"], limits["smallest_normal"], 1.0]
    mantissa = min(bits[1], 51)
    halves = st.integers(0, 2**mantissa - 1).map(lambda n: 1 + (n + 0.5) * 2.0**-mantissa)
    near = st.builds(lambda end, by: end * by, st.sampled_from(ends), st.integers(1, 4096).map(lambda n: n / 1024))
    return data.draw(st.one_of(near, halves, floats, st.sampled_from([0.0, -0.0, math.inf, -math.inf])))


@points(0.5, task="2.3")
@given(data=st.data(), bits=formats)
def test_any_number_into_any_format(student: Student, data: st.DataObject, bits: tuple[int, int]) -> None:
    """Normal, subnormal, halfway between two, at both ends, zero with its sign, infinite."""
    limits, mantissa = reference.float_format(*bits), min(bits[1], 51)
    x = _number(data, bits)
    for value in (x, -x):
        exact = reference.round_to_format(value, *bits)
        got = student.floats.round_to_format(value, *bits)
        expect(
            got,
            exact,
            "the nearest number of the format; of two, the one whose last stored bit is 0",
            {
                "a half was rounded up; it goes to the even number": (
                    partial(math.copysign, abs(exact) + 2.0**-mantissa, value)
                ),
                "it is subnormal, which has fewer bits, and was taken for zero": partial(
                    math.copysign, 0.0, value
                ),
                "it was kept at the largest number; this becomes an infinity": (
                    partial(math.copysign, limits["largest"], value)
                ),
            },
        )
        expect_that(math.copysign(1, got) == math.copysign(1, exact), f"{exact!r}", f"{got!r}", "the sign is kept")


@points(0.5, task="2.3")
@given(data=st.data(), bits=formats)
def test_the_fate_of_any_number(student: Student, data: st.DataObject, bits: tuple[int, int]) -> None:
    """Overflow, underflow, exact or rounded, in any format."""
    x = _number(data, bits)
    for value in (x, -x) if math.isfinite(x) else ():
        there = reference.round_to_format(value, *bits)
        expect(student.floats.fate(value, *bits), reference.fate(value, *bits), f"it becomes {there!r}")


gradients = st.lists(st.integers(-(2**12), 2**12).map(lambda n: n / 64), max_size=60)


def _finite(values: list[float], bits: tuple[int, int]) -> list[float]:
    rounded = [reference.round_to_format(value, *bits) for value in values]
    return [value for value in rounded if math.isfinite(value)]


@points(0.5, task="2.5")
@given(values=gradients, bits=small_formats)
def test_sums_of_any_format(student: Student, values: list[float], bits: tuple[int, int]) -> None:
    """Accumulators, and where they stall."""
    finite = _finite(values, bits)
    expect(
        student.floats.accumulate(finite, *bits),
        reference.accumulate(finite, *bits),
        "round after each addition",
        {"it was rounded at the end only": lambda: reference.round_to_format(math.fsum(finite), *bits)},
    )
    for step in sorted({abs(value) for value in finite})[:3]:
        expect(
            student.floats.stalled_sum(step, *bits),
            reference.stalled_sum(step, *bits),
            "add until nothing changes",
        )


@points(0.5, task="2.5")
@given(values=gradients, bits=small_formats)
def test_scales_of_any_format(student: Student, values: list[float], bits: tuple[int, int]) -> None:
    """The largest loss scale, and none where all gradients are zero."""
    finite = _finite(values, bits)
    with expect_raises(ValueError, naming=("overflow", "infin"), hint="no scale makes it smaller"):
        student.floats.largest_loss_scale([*finite, -2 * reference.float_format(*bits)["largest"]], *bits)
    if any(finite):
        scale = reference.largest_loss_scale(finite, *bits)
        expect(
            student.floats.largest_loss_scale(finite, *bits),
            scale,
            "the largest power of two with which no gradient becomes an infinity",
            {"with that scale, a gradient overflows": lambda: 2 * scale, "a larger one fits": lambda: scale // 2},
        )
    else:
        with expect_raises(ValueError, naming=("zero", "0")):
            student.floats.largest_loss_scale(finite, *bits)


@points(0.5, task="2.5")
def test_every_tensor_of_every_recipe(student: Student) -> None:
    """Six kinds of tensor in four recipes, and names that are none."""
    for recipe in ("fp32", "bf16", "mixed", "mixed_no_master"):
        for tensor in ("parameters", "activations", "gradients", "accumulator", "master", "optimizer"):
            exact = reference.kept_in(tensor, recipe)
            expect(student.floats.kept_in(tensor, recipe), exact, "see the handout's table")
    for tensor, recipe, naming in (("weights", "fp32", "weights"), ("master", "fp7", "fp7")):
        with expect_raises((ValueError, KeyError), naming=naming):
            student.floats.kept_in(tensor, recipe)
