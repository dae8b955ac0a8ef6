"""Task 4.6, hidden checks: any product on any machine."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from functools import partial
from math import ceil

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import transfers as reference
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import inexact, whole

sizes = whole()
LINKS = ["PCIe 4.0 x16", "PCIe 5.0 x16", "NVLink 3", "NVLink 4", "NVLink 5"]
MEMORIES = ["A100 memory", "H100 memory", "H200 memory", "B200 memory"]
UNKNOWN = [
    "RS-232",
    "PCIe 5.0",
    "NVLink",
    "NVLink 6",
    "H100",
    "",
    "nvlink 5",
    "PCIe 4.0 X16",
    "A100 Memory",
    " NVLink 3",
]
RIDGES = (
    (10**18 - 1, 10**18, 1, 1, "memory"),
    (10**18, 10**18, 1, 1, "compute"),
    (10**18 + 1, 10**18, 1, 1, "compute"),
    (10**18, 10**18 + 1, 1, 1, "memory"),
    (9895 * 10**15, 3350 * 10**13, 9895 * 10**11, 3350 * 10**9, "compute"),
    (9895 * 10**15 - 1, 3350 * 10**13, 9895 * 10**11, 3350 * 10**9, "memory"),
    (10**40 - 1, 10**40, 1, 1, "memory"),
    (10**40, 10**40 - 1, 1, 1, "compute"),
)
"""Work at the ridge, and one FLOP or byte off it: FLOPs, bytes, peak, bandwidth, and what limits."""


@points(0.25, task="4.6")
@given(
    us=st.just(0) | whole(30),
    off=st.sampled_from([0, 1, -1]),
    link=st.sampled_from(LINKS + MEMORIES),
    unknown=st.sampled_from(UNKNOWN),
)
@example(us=2**60 + 1, off=0, link="PCIe 5.0 x16", unknown="PCIe 5.0")
@example(us=10**29, off=1, link="H100 memory", unknown="nvlink 4")
@example(us=10**29, off=0, link="NVLink 4", unknown="H100 MEMORY")
def test_times_over_any_link(student: Student, us: int, off: int, link: str, unknown: str) -> None:
    """Every row of the table, in whole microseconds, rounded up, however many bytes."""
    speed = reference.bandwidth(link)
    n_bytes = max(0, us * speed // 10**6 + off)
    expect(
        student.transfers.bandwidth(link),
        speed,
        "see the handout's table",
        {"both directions were added up; data goes one way": lambda: 2 * speed},
    )
    expect(
        student.transfers.transfer_us(n_bytes, link),
        reference.transfer_us(n_bytes, link),
        "bytes * 10**6 / bandwidth, rounded up, in integers: -(-a // b)",
        {
            "it was rounded down": lambda: n_bytes * 10**6 // speed,
            "floats were used, which hold 53 bits; integers are exact": lambda: ceil(n_bytes * 1e6 / speed),
            "Decimal was used, which holds 28 digits; integers are exact": lambda: int(
                (Decimal(n_bytes) * 10**6 / speed).to_integral_value(ROUND_CEILING)
            ),
        },
    )
    with expect_raises(
        (ValueError, KeyError),
        naming=unknown,
        hint=f"{unknown!r} was taken for a link; only the table's own names are names",
    ):
        student.transfers.bandwidth(unknown)


@points(0.25, task="4.6")
@given(m=sizes, k=sizes, n=sizes, itemsize=st.sampled_from([1, 2, 4, 8]))
@example(m=3 * 10**9, k=3 * 10**9, n=3 * 10**9 + 1, itemsize=1)
def test_bytes_of_any_product(student: Student, m: int, k: int, n: int, itemsize: int) -> None:
    """Three different sizes, in 1 to 8 bytes, exact, however large."""
    exact = itemsize * (m * k + k * n + m * n)
    expect(
        student.transfers.matmul_bytes(m, k, n, itemsize),
        exact,
        "itemsize * (m*k + k*n + m*n)",
        {"the result was left out; it is written": lambda: itemsize * (m * k + k * n)} | inexact(exact),
    )


def _other(limit: str) -> str:
    return "compute" if limit == "memory" else "memory"


@points(0.5, task="4.6")
@given(
    m=sizes,
    k=sizes,
    n=sizes,
    itemsize=st.sampled_from([1, 2, 4]),
    peak=whole(17),
    memory=st.sampled_from(MEMORIES),
)
def test_rooflines_of_any_product(
    student: Student, m: int, k: int, n: int, itemsize: int, peak: int, memory: str
) -> None:
    """FLOPs per second and what limits them, exactly."""
    flops, speed = 2 * m * k * n, reference.bandwidth(memory)
    moved = reference.matmul_bytes(m, k, n, itemsize)
    expect(
        student.transfers.attainable_flops(flops, moved, peak, speed),
        reference.attainable_flops(flops, moved, peak, speed),
        "min(peak, flops * bytes_per_s // n_bytes), in integers",
        {
            "floats were used, which hold 53 bits; integers are exact": lambda: min(
                peak, int(flops / moved * speed)
            ),
            "the peak holds only where memory keeps up": lambda: peak,
            "the arithmetic intensity was rounded to a whole number": lambda: min(peak, flops // moved * speed),
        },
    )
    expect(student.transfers.bound_by(flops, moved, peak, speed), reference.bound_by(flops, moved, peak, speed))
    for *numbers, limit in [(speed, peak, speed, peak, "compute"), *RIDGES]:
        work, n_bytes, most, bytes_per_s = numbers
        equal = "at the ridge, where both take equally long, the answer is 'compute'"
        near = "so near to the ridge floats are not exact; compare integers"
        expect(
            student.transfers.bound_by(*numbers),
            limit,
            "compare flops * bytes_per_s with peak * n_bytes",
            {equal if work * bytes_per_s == most * n_bytes else near: partial(_other, limit)},
        )
    expect(student.transfers.attainable_flops(1, 1, max(peak, 3), 3), 3, "one byte is enough")
    for wrong in (0, -1):
        with expect_raises(
            ValueError, naming=str(wrong), hint=f"{wrong} bytes are too few: n_bytes below 1 must raise ValueError"
        ):
            student.transfers.attainable_flops(flops, wrong, peak, speed)


@points(0.5, task="4.6")
@given(k=whole(9), n=whole(9), itemsize=st.sampled_from([1, 2, 4]), peak=whole(17), speed=whole(13))
@example(k=4096, n=11_008, itemsize=2, peak=9895 * 10**11, speed=4800 * 10**9)
@example(k=64, n=8192, itemsize=2, peak=9895 * 10**11, speed=3350 * 10**9)
@example(k=2, n=2, itemsize=1, peak=4, speed=2)
@example(k=1, n=2, itemsize=1, peak=1, speed=1)
@example(k=3, n=3, itemsize=1, peak=3 * 10**17 - 1, speed=10**17)
@example(k=3, n=3, itemsize=1, peak=3 * 10**20 - 1, speed=10**20)
@example(k=3, n=3, itemsize=1, peak=3 * 10**30 - 1, speed=10**30)
@example(k=10**15 + 1, n=10**15 + 3, itemsize=2, peak=3 * 10**14 + 1, speed=10**12 + 1)
def test_the_least_rows_of_any_product(
    student: Student, k: int, n: int, itemsize: int, peak: int, speed: int
) -> None:
    """Bound by compute from there on, by memory one row before; None where it never is."""
    least = reference.least_rows(k, n, itemsize, peak, speed)
    near = -(-peak * itemsize // (2 * speed))
    gained, all_bytes = 2 * k * n * speed - peak * itemsize * (k + n), peak * itemsize * k * n
    got = student.transfers.least_rows(k, n, itemsize, peak, speed)
    expect(
        got,
        least,
        "the least number with which bound_by says compute, or None",
        {
            "only the weights were counted; the inputs and results move, too": lambda: near,
            "it was rounded down; there, memory still limits": lambda: all_bytes // gained if least else None,
            "one row more was asked for; at the ridge it is compute": (
                lambda: all_bytes // gained + 1 if least else None
            ),
            "there is such a number, however large: work it out, since no search for it reaches far enough": (
                lambda: None if least else ...
            ),
            "the result was left out; it is written": lambda: _rows_without(n, itemsize, peak, speed),
            "the rows' own inputs were left out; they are read": lambda: _rows_without(k, itemsize, peak, speed),
        }
        | inexact(least),
    )


def _rows_without(side: int, itemsize: int, peak: int, speed: int) -> int | None:
    """The least rows when inputs or results don't move, so that of the others n or k counts."""
    gained = 2 * side * speed - peak * itemsize
    return -(-peak * itemsize * side // gained) if gained > 0 else None
