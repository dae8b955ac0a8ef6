"""Task 5.5, hidden checks: the same corrections for any figures."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.reference import errata as reference
from tests.harness import Student, expect, expect_raises, points

sizes = st.integers(1, 10**6)
UNITS = ["B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"]


@points(0.25, task="5.5")
@given(number=st.integers(0, 10**9), unit=st.sampled_from(UNITS))
def test_every_unit(student: Student, number: int, unit: str) -> None:
    """Bytes to TiB, exactly; and what is no size."""
    size = f"{number} {unit}"
    hint = "powers of 1000 without i, of 1024 with it; integers are exact"
    expect(student.errata.size_bytes(size), reference.size_bytes(size), hint)
    for wrong in (f"{number}{unit}", f"{number} {unit}s", f"-{number} {unit}", f"{number}.5 {unit}", unit):
        with expect_raises(ValueError, naming=wrong):
            student.errata.size_bytes(wrong)


@points(0.25, task="5.5")
@given(gpus=sizes, half=st.integers(1, 10**17))
def test_a_week_of_any_cluster(student: Student, gpus: int, half: int) -> None:
    """Exact, however large."""
    expect(
        student.errata.week_flops(gpus, 2 * half),
        gpus * 604_800 * half,
        "gpus * 604,800 * printed_peak // 2",
        {"the sparse peak was taken for dense work": lambda: gpus * 604_800 * 2 * half},
    )


@points(0.25, task="5.5")
@given(batch=sizes, d=sizes, k=sizes)
def test_the_notes_model_of_any_size(student: Student, batch: int, d: int, k: int) -> None:
    """Two products for w2 and h1, one for w1."""
    expect(
        student.errata.backward_flops(batch, d, k),
        4 * batch * d * k + 2 * batch * d * d,
        "4·B·D·K + 2·B·D·D",
        {"the gradient of x was counted though x needs none": lambda: 4 * batch * d * k + 4 * batch * d * d},
    )


@points(0.25, task="5.5")
@given(exponent_bits=st.integers(2, 11), mantissa_bits=st.integers(1, 52))
def test_the_range_of_any_format(student: Student, exponent_bits: int, mantissa_bits: int) -> None:
    """Subnormal numbers included."""
    low, high = reference.dynamic_range(exponent_bits, mantissa_bits)
    expect(
        student.errata.dynamic_range(exponent_bits, mantissa_bits),
        (low, high),
        "(1 - bias - mantissa_bits, bias)",
        {"subnormal numbers were left out": lambda: (low + mantissa_bits, high)},
    )
