"""Task 4.6, hidden checks: any product on any machine."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.reference import transfers as reference
from tests.harness import Student, expect, expect_raises, points

sizes = st.integers(1, 10**5)
LINKS = ["PCIe 4.0 x16", "PCIe 5.0 x16", "NVLink 3", "NVLink 4", "NVLink 5"]
MEMORIES = ["A100 memory", "H100 memory", "H200 memory", "B200 memory"]


@points(1, task="4.6")
@given(
    m=sizes,
    k=sizes,
    n=sizes,
    itemsize=st.sampled_from([1, 2, 4]),
    peak=st.integers(10**12, 10**16),
    memory=st.sampled_from(MEMORIES),
    link=st.sampled_from(LINKS),
)
def test_rooflines_of_any_product(
    student: Student, m: int, k: int, n: int, itemsize: int, peak: int, memory: str, link: str
) -> None:
    """Bytes, FLOPs per second and what limits them, exactly; and times over each link."""
    flops, speed = 2 * m * k * n, reference.bandwidth(memory)
    moved = reference.matmul_bytes(m, k, n, itemsize)
    expect(
        student.transfers.matmul_bytes(m, k, n, itemsize),
        moved,
        "itemsize * (m*k + k*n + m*n)",
        {"the result was left out; it is written": lambda: itemsize * (m * k + k * n)},
    )
    expect(student.transfers.bandwidth(memory), speed, "see the handout's table")
    roof = reference.attainable_flops(flops, moved, peak, speed)
    expect(
        student.transfers.attainable_flops(flops, moved, peak, speed),
        roof,
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
    exact = reference.transfer_us(moved, link)
    expect(
        student.transfers.transfer_us(moved, link),
        exact,
        "bytes * 10**6 / bandwidth, rounded up",
        {
            "both directions were added up; data goes one way": (
                lambda: -(-moved * 10**6 // (2 * reference.bandwidth(link)))
            ),
            "it was rounded down": lambda: moved * 10**6 // reference.bandwidth(link),
        },
    )
    with expect_raises(ValueError, naming="0"):
        student.transfers.attainable_flops(flops, 0, peak, speed)
