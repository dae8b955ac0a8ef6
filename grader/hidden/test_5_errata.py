"""Task 5.5, hidden checks: the same corrections for any figures."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import errata as reference
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import inexact, whole

sizes = whole()
NUMBERS = (0, 1, 80, 1023, 123_456_789, 10**18 + 1, 3**80)
UNITS = ["B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"]
SPACES = "a number, one space and a unit, and nothing else"
OTHER_UNIT = "this is none of the nine units; their letters' case counts"
DIGITS = "a whole number has digits 0 to 9, and nothing else"
NO_SIZES = {
    "80  GB": "two spaces were taken for one",
    " 80 GB": "a space in front was dropped",
    "80 GB ": "a space at the end was dropped",
    "80 GB\n": "a line end was dropped; in a regular expression, $ lets one through",
    "80\tGB": "a tab was taken for a space",
    "80\u00a0GB": "a space that never ends a line was taken for a plain one",
    "80 GB\0": "nothing stands behind the unit",
    "80GB": SPACES,
    "80 GB 1": SPACES,
    "80 KB": OTHER_UNIT,
    "80 kiB": OTHER_UNIT,
    "80 gb": OTHER_UNIT,
    "80 PB": OTHER_UNIT,
    "80 PiB": OTHER_UNIT,
    "80 bytes": OTHER_UNIT,
    "80 GBs": OTHER_UNIT,
    "80 kb": OTHER_UNIT,
    "80 Mib": OTHER_UNIT,
    "80 KibB": OTHER_UNIT,
    "80 G": OTHER_UNIT,
    "80 GiByte": OTHER_UNIT,
    "80 \u212aiB": OTHER_UNIT,
    "80": "a number without a unit was taken for bytes",
    "80 ": "a number without a unit was taken for bytes",
    "GB": DIGITS,
    " GB": DIGITS,
    "-80 GB": DIGITS,
    "+80 GB": DIGITS,
    "1_000 GB": DIGITS,
    "1,000 GB": DIGITS,
    "8.5 GB": DIGITS,
    "8e1 GB": DIGITS,
    "0x50 GB": DIGITS,
    "８０ GB": DIGITS,
    "² GB": DIGITS,
    "": "an empty text is no size either",
}
"""What is no size, and what took it for one."""


@points(0.25, task="5.5")
def test_every_unit(student: Student) -> None:
    """Bytes to TiB, exactly; and what is no size."""
    hint = "powers of 1000 without i, of 1024 with it; integers are exact"
    for size in (f"{number} {unit}" for unit in UNITS for number in NUMBERS):
        exact = reference.size_bytes(size)
        expect(student.errata.size_bytes(size), exact, hint, inexact(exact))
    for size, exact in (("007 kB", 7000), ("00 GiB", 0), ("0" * 40 + "1 B", 1), ("0" * 3_000 + "2 kB", 2000)):
        expect(student.errata.size_bytes(size), exact, "zeros in front change nothing")
    for wrong, why in NO_SIZES.items():
        naming = wrong if wrong in repr(wrong) else (wrong, repr(wrong)[1:-1])
        with expect_raises(ValueError, naming=naming, hint=why):
            student.errata.size_bytes(wrong)


@points(0.25, task="5.5")
@given(gpus=sizes, half=sizes)
@example(gpus=3 * 10**6, half=10**12)
def test_a_week_of_any_cluster(student: Student, gpus: int, half: int) -> None:
    """Exact, however large."""
    exact = gpus * 604_800 * half
    expect(
        student.errata.week_flops(gpus, 2 * half),
        exact,
        "gpus * 604,800 * printed_peak // 2",
        {
            "the sparse peak was taken for dense work": lambda: 2 * exact,
            "the GPUs were counted twice": lambda: gpus * exact,
        }
        | inexact(exact),
    )


@points(0.25, task="5.5")
@given(batch=sizes, d=sizes, k=sizes)
@example(batch=3 * 10**6, d=3 * 10**6, k=3 * 10**6)
def test_the_notes_model_of_any_size(student: Student, batch: int, d: int, k: int) -> None:
    """Two products for w2 and h1, one for w1."""
    exact = 4 * batch * d * k + 2 * batch * d * d
    expect(
        student.errata.backward_flops(batch, d, k),
        exact,
        "4·B·D·K + 2·B·D·D",
        {"the gradient of x was counted though x needs none": lambda: exact + 2 * batch * d * d} | inexact(exact),
    )


@points(0.25, task="5.5")
@given(exponent_bits=st.integers(2, 64), mantissa_bits=whole(3))
@example(exponent_bits=19, mantissa_bits=236)
def test_the_range_of_any_format(student: Student, exponent_bits: int, mantissa_bits: int) -> None:
    """Subnormal numbers included, and formats wider than Python's floats."""
    low, high = reference.dynamic_range(exponent_bits, mantissa_bits)
    expect(
        student.errata.dynamic_range(exponent_bits, mantissa_bits),
        (low, high),
        "(1 - bias - mantissa_bits, bias)",
        {
            "subnormal numbers were left out": lambda: (low + mantissa_bits, high),
            "the highest exponent is kept for infinity, and was taken for a number's": lambda: (low, high + 1),
            "2 to the power of low was computed as a float, which ends at 2^-1074": (
                lambda: (-1 if low < -1074 else low, high)
            ),
        },
    )
