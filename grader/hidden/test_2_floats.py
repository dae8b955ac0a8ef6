"""Tasks 2.3 and 2.5, hidden checks: any format, any number."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import floats as reference
from tests.harness import Student, expect, expect_raises, expect_that, limits, points
from tests.harness.student import Mistakes
from tests.mistakes import OneOf

FLOAT16 = (5, 10)
formats = st.tuples(st.one_of(st.integers(2, 11), st.just(11)), st.one_of(st.integers(1, 52), st.integers(43, 52)))
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
    *[((11, 52), math.nextafter(2.0**k, 0.0)) for k in (-1022, -500, -29, -4, 3, 4, 29, 500, 1023)],
    *[((11, m), (1 - 2.0 ** -(m + 1)) * 2.0**k) for m, k in ((51, 40), (50, 100), (45, 900), (45, -900))],
    *[((11, m), math.ldexp(2 - 2.0**-52, 1023)) for m in (1, 10, 51)],
    *[(FLOAT16, x) for x in (2049 + 2.0**-30, 2051 - 2.0**-30, 65_520 - 2.0**-30, 1 + 2.0**-11 + 2.0**-40)],
    *[((8, 7), x) for x in (257 + 2.0**-40, 259 - 2.0**-40)],
    *[(FLOAT16, n * 2.0**-24) for n in (0.5 + 2.0**-28, 2.5 + 2.0**-12, 2.5 + 2.0**-30, 3.5 - 2.0**-12)],
]
"""A format's bits and a number: around its largest one, its smallest one, where subnormal ones end, just below a
power of two, and just beside the middle of two."""


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
    for exponent_bits, mantissa_bits in OUT_OF_RANGE if bits == (5, 2) else ():
        naming = str(mantissa_bits if 2 <= exponent_bits <= 11 else exponent_bits)
        with expect_raises(ValueError, naming=naming, hint="2 to 11 exponent bits, 1 to 52 mantissa bits"):
            student.floats.float_format(exponent_bits, mantissa_bits)
        with expect_raises(ValueError, naming=naming, hint="the same holds for round_to_format"):
            student.floats.round_to_format(1.0, exponent_bits, mantissa_bits)
        with expect_raises(ValueError, naming=naming, hint="the same holds for fate"):
            student.floats.fate(1.0, exponent_bits, mantissa_bits)


@st.composite
def numbers(draw: st.DrawFn) -> tuple[tuple[int, int], float]:
    """A format, and a number near its ends, below a power of two, at or beside the middle of two, or any other."""
    bits = draw(formats)
    limits = reference.float_format(*bits)
    ends = [limits["largest"], limits["smallest_subnormal"], limits["smallest_normal"], 1.0]
    mantissa = min(bits[1], 51)
    halves = st.integers(0, 2**mantissa - 1).map(lambda n: 1 + (n + 0.5) * 2.0**-mantissa)
    near = st.builds(lambda end, by: end * by, st.sampled_from(ends), st.integers(1, 4096).map(lambda n: n / 1024))
    bias = 2 ** (bits[0] - 1) - 1
    below = st.integers(-bias, bias + 1).map(lambda k: math.ldexp(1 - 2.0 ** -(bits[1] + 1), k))
    steps = st.integers(0, 2 ** min(bits[1], 12)).map(lambda n: (n + 0.5) * limits["smallest_subnormal"])
    beside = st.builds(
        lambda half, by: half * (1 + by),
        st.one_of(halves, steps),
        st.sampled_from([2.0**-52, -(2.0**-52), 2.0**-30]),
    )
    special = st.sampled_from([0.0, -0.0, math.inf, -math.inf])
    return bits, draw(st.one_of(near, below, halves, beside, floats, special))


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
        mistakes = _misrounded(abs(value), bits) if math.isfinite(value) and value else {}
        if abs(value) - abs(exact) == 2.0 ** -(mantissa + 1):
            mistakes["a half was rounded up; it goes to the even number"] = abs(exact) + 2.0**-mantissa
        if 0 < abs(exact) < limits["smallest_normal"]:
            mistakes["it is subnormal, which has fewer bits, and was taken for zero"] = 0.0
        if 0 < abs(value) < limits["smallest_subnormal"] and exact:
            mistakes["it is below the smallest number, and near enough to be rounded up to it"] = 0.0
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


def _misrounded(size: float, bits: tuple[int, int]) -> dict[str, float]:
    """What known ways to round a number above zero give, by the sentences that name them."""
    limits, mantissa = reference.float_format(*bits), bits[1]
    normal = limits["smallest_normal"]
    place = math.frexp(max(size, normal))[1] - 1 - mantissa
    own = math.frexp(size)[1] - 1 - mantissa

    def at(place: int, of: float, to: Callable[[float], float] = round) -> float:
        """Rounded to a multiple of 2**place; an infinity above the largest number."""
        with suppress(OverflowError):
            rounded = math.ldexp(to(math.ldexp(of, -place)), place)
            return rounded if rounded <= limits["largest"] else math.inf
        return math.inf

    return {
        "the exponent was taken from a logarithm, which rounds up just below a power of two; frexp is exact": (
            at(math.floor(math.log2(max(size, normal))) - mantissa, size)
        ),
        "it was cut off instead of rounded": at(place, size, math.floor),
        "a half was rounded down; it goes to the even number": at(place, size, lambda n: math.ceil(n - 0.5)),
        "it was rounded to float32 on the way; rounding twice is not rounding once": (
            reference.round_to_format(reference.round_to_format(size, 8, 23), *bits)
        ),
        "it was rounded as a normal number first, and then once more; a subnormal one has fewer bits": (
            at(place, at(own, size))
        ),
    }


@points(0.5, task="2.3")
@given(number=numbers())
@example(number=(FLOAT16, 0.0))
def test_the_fate_of_any_number(student: Student, number: tuple[tuple[int, int], float]) -> None:
    """Overflow, underflow, exact or rounded, in any format."""
    for case in [number, *(NUMBERS if not number[1] else ())]:
        _same_fate(student, *case)


def _same_fate(student: Student, bits: tuple[int, int], x: float) -> None:
    limits = reference.float_format(*bits)
    for value in (x, -x) if math.isfinite(x) else ():
        there = reference.round_to_format(value, *bits)
        mistakes: dict[str, str] = {}
        if 0 < abs(there) < limits["smallest_normal"]:
            mistakes["it does not become zero, and so it is no underflow, however small it is"] = "underflow"
        if there and abs(value) < limits["smallest_subnormal"]:
            mistakes["it is below the smallest number, and near enough to be rounded up to it"] = "underflow"
        if math.isfinite(there) and abs(value) > limits["largest"]:
            mistakes["it is above the largest number, and near enough to be rounded down to it"] = "overflow"
        if there != value:
            mistakes["it changes, if only by little: 'exact' is equal, not close"] = "exact"
        if there == value:
            mistakes["a number that stays what it is, is exact, be it zero or subnormal"] = "underflow"
        expect(
            student.floats.fate(value, *bits),
            reference.fate(value, *bits),
            f"it becomes {there!r}",
            {why: partial(str, wrong) for why, wrong in mistakes.items()},
        )


SUMS: list[tuple[tuple[int, int], list[float]]] = [
    ((8, 7), [256.0, 1.0, 512.0]),
    ((8, 7), [256.0, 1.0, -1.0, 3.0, 1.0]),
    ((5, 10), [2048.0, 1.0, 0.0, 1.0, 4.0]),
    ((5, 10), [0.0, 0.0, 1.0, -1.0, 2.0]),
    ((5, 10), [65_504.0, 16.0, -65_504.0]),
    ((11, 10), [reference.float_format(11, 10)["largest"]] * 2 + [-1.0]),
    ((11, 24), [1.0, 2.0**-25, 2.0**-24, 2.0**-24]),
    ((8, 7), [1.0] * 255 + [0.5] * 8 + [2.0**-126] * 3),
    ((8, 7), [-0.0, 2.0**-133, 2.0**-133]),
    ((5, 10), []),
]
"""Bits of a format and its numbers: an addition that changes nothing, or overflows, and more after it."""

STALLS: list[tuple[float, tuple[int, int]]] = [
    *[(step, FLOAT16) for step in (0.0, 65_504.0)],
    (2.0**-18, (5, 4)),
    (4133 / 4096 * 2.0**-14, (5, 12)),
    *[(step, (11, 3)) for step in (1.5, 2.0**1021, 2.0**-1025)],
    ((2.0**-4), (3, 12)),
    (3.0, (3, 1)),
]
"""Numbers and the bits of their format: sums that stall soon, after twelve thousand steps, or never."""

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
    ((5, 10), [1e-310], 2**1045),
    ((5, 10), [-5e-324, 0.0], 2**1089),
    ((5, 2), [2.0**-1000, 5e-324], 2**1015),
    ((11, 10), [2.0**1000], 2**23),
    ((11, 10), [-math.nextafter(2.0**1023, 0)], 1),
    ((11, 52), [math.nextafter(2.0**1022, 0)], 4),
    ((5, 10), [math.nextafter(65_520.0, 0)], 1),
    ((5, 10), [math.nextafter(4.0, 0)], 2**13),
]
"""Bits of a format, gradients, and their largest scale; most gradients are not numbers of the format."""

KEPT: dict[str, Mistakes] = {
    "accumulator": {"sums of products are kept in float32 in every recipe": lambda: OneOf(["bfloat16"])},
    "gradients": {"gradients are kept in bfloat16 in every recipe but fp32": lambda: OneOf(["float32"])},
    "master": {"only mixed precision keeps a copy of the parameters": lambda: OneOf(["float32"])},
    "optimizer": {"the optimizer's states are in float32 in every recipe but bf16": lambda: OneOf(["bfloat16"])},
}
"""What is said of a wrong dtype, by the kind of tensor."""

NO_TENSORS = ("weights", "gradient", "logits", "Master", "states")

gradients = st.lists(st.integers(-(2**12), 2**12).map(lambda n: n / 64), max_size=60)
tiny_formats = st.tuples(st.integers(3, 6), st.integers(1, 10))
tiny = st.builds(lambda n, k: n / 1024 * 10.0**-k, st.integers(-4095, 4095), st.integers(1, 320))
"""Gradients whose magnitude is drawn first, down to where floats end."""


def _finite(values: list[float], bits: tuple[int, int]) -> list[float]:
    rounded = [reference.round_to_format(value, *bits) for value in values]
    return [value for value in rounded if math.isfinite(value)]


@points(0.75, task="2.5")
@limits(wall_s=60, cpu_s=120)
@given(values=gradients, bits=small_formats)
@example(values=[], bits=FLOAT16)
def test_sums_of_any_format(student: Student, values: list[float], bits: tuple[int, int]) -> None:
    """Accumulators, and where they stall."""
    finite = _finite(values, bits)
    for case in [(bits, finite), *(SUMS if bits == FLOAT16 else ())]:
        _same_sum(student, *case)
    steps = STALLS if bits == FLOAT16 else []
    if finite and bits[1] <= 4:  # these stall soon: who adds step by step has time for them
        steps = [(min(map(abs, finite)), bits)]
    for step, at in steps:
        _same_stall(student, step, at)


def _same_stall(student: Student, step: float, bits: tuple[int, int]) -> None:
    exact = reference.stalled_sum(step, *bits)
    got = student.floats.stalled_sum(step, *bits)
    expect(
        got,
        exact,
        "add until nothing changes",
        {
            "the sum still grows there: go on until nothing changes, however many steps that takes": (
                lambda: got if 0 <= got < exact else None
            ),
            "it stalls before that: an addition there changes nothing": lambda: got if got > exact else None,
        },
    )


def _same_sum(student: Student, bits: tuple[int, int], values: list[float]) -> None:
    sums = [0.0]
    for value in values:
        sums.append(reference.accumulate([sums[-1], value], *bits))
    stalled = next((a for a, b, step in zip(sums, sums[1:], values, strict=False) if step and a == b), None)
    expect(
        student.floats.accumulate(values, *bits),
        sums[-1],
        "round after each addition",
        {
            "it was rounded at the end only; round after each addition": lambda: reference.round_to_format(
                math.fsum(values), *bits
            ),
            "halves of the list were added up first; add from left to right": lambda: _in_pairs(values, bits),
            "it was added in another order; add from left to right": (
                lambda: reference.accumulate(sorted(values, key=abs), *bits)
            ),
            "what is infinite once stays so": (
                lambda: reference.float_format(*bits)["largest"] if math.isinf(sums[-1]) else None
            ),
            "it ended at an addition that changed nothing; those after it may change it again": lambda: stalled,
        },
    )


def _in_pairs(values: list[float], bits: tuple[int, int]) -> float:
    """The sum of both halves' sums, rounded."""
    middle = len(values) // 2
    if not middle:
        return reference.accumulate(values, *bits)
    return reference.accumulate([_in_pairs(values[:middle], bits), _in_pairs(values[middle:], bits)], *bits)


@points(0.5, task="2.5")
@limits(wall_s=60, cpu_s=120)  # for who doubles the scale, and rounds each gradient again
@given(values=gradients, bits=small_formats, small=st.lists(tiny, max_size=1), few=tiny_formats)
@example(values=[], bits=FLOAT16, small=[], few=FLOAT16)
def test_scales_of_any_format(
    student: Student, values: list[float], bits: tuple[int, int], small: list[float], few: tuple[int, int]
) -> None:
    """The largest loss scale of any gradients, and none where all are zero."""
    finite = _finite(values, bits)
    if any(small) and reference.fate(max(map(abs, small)), *few) != "overflow":
        _same_scale(student, few, small, reference.largest_loss_scale(small, *few))
    with expect_raises(
        ValueError,
        naming=("overflow", "infinite", "infinity", "infinities"),
        hint="a gradient overflows by itself, without any scale: raise ValueError, and say that it would overflow",
    ):
        student.floats.largest_loss_scale([*finite, -2 * reference.float_format(*bits)["largest"]], *bits)
    if any(finite):
        _same_scale(student, bits, finite, reference.largest_loss_scale(finite, *bits))
    else:
        with expect_raises(ValueError, naming=("zero", "0"), hint="with every scale zero stays zero: raise"):
            student.floats.largest_loss_scale(finite, *bits)
    for case in SCALES if bits == FLOAT16 else ():
        _same_scale(student, *case)


def _same_scale(student: Student, bits: tuple[int, int], values: list[float], scale: int) -> None:
    top = math.ldexp(max(map(abs, values)), scale.bit_length() - 2)  # half of it: the whole may be no float
    unrounded = scale > 1 and top > reference.float_format(*bits)["largest"] / 2
    larger = "a larger one fits: what is a little above the largest number is rounded down to it"
    got = student.floats.largest_loss_scale(values, *bits)
    expect(
        got,
        scale,
        "the largest power of two with which no gradient becomes an infinity",
        {
            "with that scale, a gradient overflows": lambda: 2 * scale,
            larger if unrounded else "a larger one fits": lambda: scale // 2,
            "the scale need not fit a format or a float: it goes on for as long as no gradient overflows": (
                lambda: (
                    got if got < scale and got.bit_length() in (16, 17, 25, 32, 64, 127, 128, 129, 1024) else None
                )
            ),
        },
    )


@points(0.25, task="2.5")
def test_every_tensor_of_every_recipe(student: Student) -> None:
    """Six kinds of tensor in four recipes, and names that are none."""
    for recipe in ("fp32", "bf16", "mixed", "mixed_no_master"):
        for tensor in ("parameters", "activations", "gradients", "accumulator", "master", "optimizer"):
            exact = reference.kept_in(tensor, recipe)
            expect(student.floats.kept_in(tensor, recipe), exact, "see the handout's table", KEPT.get(tensor))
            for wrong in ("fp7", "fp16", "MIXED"):
                with expect_raises((ValueError, KeyError), naming=wrong):
                    student.floats.kept_in(tensor, wrong)
        for wrong in NO_TENSORS:
            with expect_raises(
                (ValueError, KeyError), naming=wrong, hint="there are six kinds, by these names only"
            ):
                student.floats.kept_in(wrong, recipe)
