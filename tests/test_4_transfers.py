"""Task 4.6, public checks: moving data, and the roofline."""

from __future__ import annotations

from tests import recorded
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import DECIMALS, FLOATS, inexact

PEAK, MEMORY = 9895 * 10**11, 3350 * 10**9
VECTOR, MATRIX = 2 * (4096 + 4096**2 + 4096), 2 * 3 * 4096**2
"""Bytes that one token moves through a layer of 4096 by 4096 in bfloat16, and those that 4,096 tokens move."""

ROUNDED_DOWN = "it was rounded down; there, memory still limits"
SEARCHED = "there is such a number, however large: work it out, since no search for it reaches far enough"


@points(0.25, task="4.6")
def test_140_gb_over_pcie(student: Student) -> None:
    """70 billion parameters in bfloat16 take 2.19 s over PCIe 5.0."""
    expect(
        student.transfers.transfer_us(140 * 10**9, "PCIe 5.0 x16"),
        2_187_500,
        "64e9 bytes per second in one direction",
        {"both directions were added up; data goes one way": lambda: 2_187_500 // 2},
    )
    for n_bytes, link, us, mistake, wrong in (
        (1, "NVLink 4", 1, "it was rounded down", 0),
        (64_000 * (2**54 + 3), "PCIe 5.0 x16", 2**54 + 3, FLOATS, 2**54 + 4),
        (3350 * 10**31 + 1, "H100 memory", 10**28 + 1, DECIMALS, 10**28),
    ):
        got = student.transfers.transfer_us(n_bytes, link)
        expect(got, us, "bytes * 10**6 / bandwidth, rounded up, in integers", {mistake: lambda wrong=wrong: wrong})
    for name in ("RS-232", "NVLINK 4", "H200"):
        hint = f"{name!r} was taken for a link; only the names of the table are names, each as a whole"
        with expect_raises((ValueError, KeyError), naming=name, hint=hint):
            student.transfers.bandwidth(name)


@points(0.25, task="4.6")
def test_bytes_of_a_product(student: Student) -> None:
    """One token through a 4096-wide layer: operands are read, the result is written."""
    expect(
        student.transfers.matmul_bytes(1, 4096, 4096, 2),
        VECTOR,
        "read both operands, write the result",
        {"the result was left out; it is written": lambda: VECTOR - 2 * 4096},
    )
    large = 240_000_036_800_001_400
    got = student.transfers.matmul_bytes(10**8 + 7, 10**8 + 7, 10**8 + 9, 8)
    expect(got, large, "exact, however large", inexact(large))


@points(0.25, task="4.6")
def test_a_vector_is_bound_by_memory_and_a_large_matrix_by_compute(student: Student) -> None:
    """One token through a 4096-wide layer on an H100, and 4,096 tokens."""
    hint = "1 FLOP a byte; the ridge is at 295"
    expect(student.transfers.bound_by(2 * 4096**2, VECTOR, PEAK, MEMORY), "memory", hint)
    expect(
        student.transfers.bound_by(2 * 4096**3, MATRIX, PEAK, MEMORY),
        "compute",
        "1,365 FLOPs a byte; the ridge is at 295",
    )
    expect(
        student.transfers.attainable_flops(2 * 4096**3, MATRIX, PEAK, MEMORY),
        PEAK,
        "the intensity is above the ridge, and so the peak is reached",
    )
    expect(
        student.transfers.attainable_flops(2 * 4096**2, VECTOR, PEAK, MEMORY),
        2 * 4096**2 * MEMORY // VECTOR,
        "the slope: intensity times bandwidth",
        {
            "the peak holds only where memory keeps up": lambda: PEAK,
            "the arithmetic intensity was rounded to a whole number": lambda: 0,
        },
    )
    near = {
        "the ridge was rounded to a whole number; compare flops * bytes_per_s with peak * n_bytes": lambda: (
            "compute"
        )
    }
    expect(student.transfers.bound_by(29_531, 100, PEAK, MEMORY), "memory", "295.31 is below 295.37", near)
    for wrong in (0, -3):
        with expect_raises(
            ValueError, naming=str(wrong), hint=f"{wrong} bytes are too few: n_bytes below 1 must raise ValueError"
        ):
            student.transfers.attainable_flops(16, wrong, PEAK, MEMORY)
    for flops, limit, mistake in (
        (10**17, "compute", "at the ridge, where both take equally long, the answer is 'compute'"),
        (10**17 - 1, "memory", "so near to the ridge floats are not exact; compare integers"),
    ):
        other = {"compute": "memory", "memory": "compute"}[limit]
        expect(
            student.transfers.bound_by(flops, 10**17, 1, 1),
            limit,
            "compare flops * bytes_per_s with peak * n_bytes",
            {mistake: lambda other=other: other},
        )


@points(0.5, task="4.6")
def test_from_which_batch_a_layer_is_bound_by_compute(student: Student) -> None:
    """On an H100 in bfloat16, a layer of 4096 by 4096 from 346 rows on, and a thin one never."""
    never = "with thin matrices, memory limits whatever the number of rows; then it is None"
    for k, n, itemsize, least, mistakes in (
        (4096, 4096, 2, 346, {"only the weights were counted; the inputs and results move, too": 296}),
        (
            4096,
            14_336,
            2,
            326,
            {
                "the result was left out; it is written": 302,
                "the rows' own inputs were left out; they are read": 319,
            },
        ),
        (128, 256, 2, None, {never: 296}),
        (4096, 4096, 4, 831, {"the size of one number was left out": 346}),
        (591, 591, 2, 687_994, {}),
    ):
        got = student.transfers.least_rows(k, n, itemsize, PEAK, MEMORY)
        wrong = mistakes | ({ROUNDED_DOWN: least - 1, SEARCHED: None} if least else {})
        expect(
            got,
            least,
            "write FLOPs and bytes of so many rows, and ask from which number on bound_by says compute",
            {words: lambda answer=answer: answer for words, answer in wrong.items() if answer != least},
        )
    for k, peak, speed, least in (
        (2, 2, 1, None),
        (3, 2, 1, 3),
        (10**15, 1, 1, 1),
        (10**30, 10**15, 1, 500_000_000_000_001),
    ):
        ends = "where bound_by never says compute, it is None; at the ridge it does"
        gained = 2 * k * speed - 2 * peak
        wrong = {SEARCHED: None, ROUNDED_DOWN: peak * k // gained} if least else {}
        expect(
            student.transfers.least_rows(k, k, 1, peak, speed),
            least,
            ends,
            {words: lambda answer=answer: answer for words, answer in wrong.items()},
        )


@points(0.25, task="4.6")
def test_recorded_answers_4_6(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "4.6")
