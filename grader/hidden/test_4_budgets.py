"""Task 4.5, hidden checks: every peak, and budgets of published models."""

from __future__ import annotations

from functools import partial
from operator import mul

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import budgets as reference
from tests.harness import Student, expect, expect_raises, points

big = st.integers(1, 10**27)
HOPPER = ("fp32", "tf32", "bf16", "fp8")
TABLE = {"A100": HOPPER[:3], "H100": HOPPER, "H200": HOPPER, "B200": (*HOPPER, "fp4")}
UNKNOWN = (
    *(("A100", dtype, sparse, ("A100", dtype)) for dtype in ("fp8", "fp4") for sparse in (False, True)),
    *((gpu, "fp4", True, (gpu, "fp4")) for gpu in ("H100", "H200")),
    ("H200", "fp4", False, ("H200", "fp4")),
    *((gpu, "fp32", True, (gpu, "fp32")) for gpu in TABLE),
    ("V9", "bf16", False, ("V9",)),
    ("V9", "fp32", True, ("V9", "fp32")),
    ("H100", "int8", False, ("int8",)),
    ("A100", "int8", True, ("int8",)),
)
"""What the table does not have: a GPU, a dtype and whether sparse, and what a message may name of it."""


@points(1, task="4.5")
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
        hint = f"the table has no {'sparse' if sparse else 'dense'} peak of {gpu} in {dtype}"
        with expect_raises((ValueError, KeyError), naming=names, hint=hint):
            student.budgets.peak_flops(gpu, dtype, sparse)


@points(0.5, task="4.5")
@given(gpus=st.integers(1, 10**5), seconds=st.integers(1, 10**9), peak=st.integers(1, 10**16))
def test_clusters_of_any_size(student: Student, gpus: int, seconds: int, peak: int) -> None:
    """GPUs, seconds and peak, each once."""
    exact = gpus * seconds * peak
    expect(
        student.budgets.cluster_flops(gpus, seconds, peak),
        exact,
        "gpus * seconds * peak, each once",
        {"the GPUs were counted twice": lambda: gpus * exact},
    )


@points(0.5, task="4.5")
@given(flops=big, gpus=st.integers(1, 10**5), peak=st.integers(1, 10**16), mfu=st.integers(1, 100))
@example(flops=10**24, gpus=7, peak=10**12, mfu=1)
@example(flops=10**24, gpus=7, peak=10**12, mfu=100)
def test_budgets_of_any_size(student: Student, flops: int, gpus: int, peak: int, mfu: int) -> None:
    """Exact to the second, rounded up, however large the numbers."""
    exact = reference.training_seconds(flops, gpus, peak, mfu)
    expect(
        student.budgets.training_seconds(flops, gpus, peak, mfu),
        exact,
        "ceil(flops * 100 / (gpus * peak * mfu_percent)) in integers: -(-a // b)",
        {
            "it was rounded down; the last part of a second counts": lambda: exact - 1,
            "floats were used, which hold 53 bits; integers are exact": (
                lambda: -int(-flops * 100 / (gpus * peak * mfu) // 1)
            ),
        },
    )
    for wrong in (0, -5, 101):
        with expect_raises(ValueError, naming=str(wrong), hint=f"a share of {wrong} % is not in 1 to 100"):
            student.budgets.training_seconds(flops, gpus, peak, wrong)
