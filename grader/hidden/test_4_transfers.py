"""Task 4.6, hidden checks: any product on any machine."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.reference import transfers as reference
from tests.harness import Student, expect, expect_raises, points

sizes = st.integers(1, 10**5)
LINKS = ["PCIe 4.0 x16", "PCIe 5.0 x16", "NVLink 3", "NVLink 4", "NVLink 5"]
MEMORIES = ["A100 memory", "H100 memory", "H200 memory", "B200 memory"]


@points(0.5, task="4.6")
@given(n_bytes=st.integers(0, 10**13), link=st.sampled_from(LINKS + MEMORIES))
def test_times_over_any_link(student: Student, n_bytes: int, link: str) -> None:
    """Every row of the table, in whole microseconds, rounded up."""
    speed = reference.bandwidth(link)
    expect(
        student.transfers.bandwidth(link),
        speed,
        "see the handout's table",
        {"both directions were added up; data goes one way": lambda: 2 * speed},
    )
    expect(
        student.transfers.transfer_us(n_bytes, link),
        reference.transfer_us(n_bytes, link),
        "bytes * 10**6 / bandwidth, rounded up",
        {"it was rounded down": lambda: n_bytes * 10**6 // speed},
    )


@points(0.5, task="4.6")
@given(m=sizes, k=sizes, n=sizes, itemsize=st.sampled_from([1, 2, 4]))
def test_bytes_of_any_product(student: Student, m: int, k: int, n: int, itemsize: int) -> None:
    """Three different sizes, in 1, 2 or 4 bytes."""
    expect(
        student.transfers.matmul_bytes(m, k, n, itemsize),
        itemsize * (m * k + k * n + m * n),
        "itemsize * (m*k + k*n + m*n)",
        {"the result was left out; it is written": lambda: itemsize * (m * k + k * n)},
    )


@points(0.5, task="4.6")
@given(
    m=sizes,
    k=sizes,
    n=sizes,
    itemsize=st.sampled_from([1, 2, 4]),
    peak=st.integers(10**12, 10**16),
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
        },
    )
    expect(student.transfers.bound_by(flops, moved, peak, speed), reference.bound_by(flops, moved, peak, speed))
    expect(student.transfers.bound_by(speed, peak, speed, peak), "compute", "both take equally long")
    expect(student.transfers.attainable_flops(1, 1, peak, 3), 3, "one byte is enough")
    with expect_raises(ValueError, naming="0"):
        student.transfers.attainable_flops(flops, 0, peak, speed)
