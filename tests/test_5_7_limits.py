"""Task 5.7, public checks: what limits recorded work, and what a lower precision buys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests import recorded
from tests.harness import Student, expect, expect_close, expect_raises, points
from tests.mistakes import inexact
from tests.timing_examples import layers_of_a_b300, rows, work_of_linear_layers

H100_BF16, H100_MEMORY = 9895 * 10**11, 3350 * 10**9
B300_BF16, B300_FP4 = 2250 * 10**12, 13_500 * 10**12

LESS = "a launch takes less than memory or arithmetic; how long the work took plays no role"
EVEN = "where both take equally long, it does not pay yet; with one token more it does"

WORKS: list[tuple[dict[str, float], str, dict[str, str]]] = [
    (
        {"flops": 2097152, "bytes": 2101248, "ms": 0.00742},
        "latency",
        {"memory needs less than a thousandth of a ms, and a launch more": "bandwidth"},
    ),
    ({"flops": 536870912, "bytes": 33816576, "ms": 0.02176}, "bandwidth", {LESS: "latency"}),
    (
        {"flops": 2147483648, "bytes": 6291456, "ms": 0.00922},
        "latency",
        {"arithmetic needs more than memory, and a launch more than both": "compute"},
    ),
    (
        {"flops": 34359738368, "bytes": 50331648, "ms": 0.04698},
        "compute",
        {"arithmetic needs longer than memory here": "bandwidth"},
    ),
    ({"flops": 8589934592, "bytes": 18874368, "ms": 0.01805}, "compute", {LESS: "latency"}),
]
"""Of a recording on an H100: work, what limits it, and what known mistakes say."""


@points(0.25, task="5.7")
def test_the_floor_of_an_h100(student: Student) -> None:
    """7.4 microseconds: the shortest of what takes more than ten times its roofline."""
    timings = work_of_linear_layers("h100_sxm")
    expect(
        student.limits.launch_floor_ms(timings, H100_BF16, H100_MEMORY),
        0.00742,
        "the shortest time of those above ten times what memory and arithmetic need",
        {
            "the shortest of all times was taken; that work is not far from its roofline": lambda: 0.00602,
            "the longest of these times was taken": lambda: 0.01043,
        },
    )
    large = [timing for timing in timings if timing["ms"] > 0.1]
    expect(
        student.limits.launch_floor_ms(large, H100_BF16, H100_MEMORY),
        None,
        "large work shows no floor",
        {"memory alone was looked at; arithmetic takes longer there": lambda: 2.98166},
    )


@points(0.25, task="5.7")
def test_what_limits_layers_on_an_h100(student: Student) -> None:
    """Few rows are limited by latency or bandwidth, many by compute."""
    for timing, exact, mistakes in WORKS:
        expect(
            student.limits.limit(timing, 0.00742, H100_BF16, H100_MEMORY),
            exact,
            "the one of launch, memory and arithmetic that needs the longest time",
            {why: partial(str, wrong) for why, wrong in mistakes.items()},
        )
    ties = {"flops": 4000, "bytes": 8000, "ms": 9.0}
    for floor_ms, peak, bandwidth, exact in (
        (2.0, 2 * 10**6, 4 * 10**6, "compute"),
        (2.0, 4 * 10**6, 4 * 10**6, "bandwidth"),
        (None, 4 * 10**6, 8 * 10**6, "compute"),
        (None, 4 * 10**6, 4 * 10**6, "bandwidth"),
    ):
        first = "of equal times, compute goes first, then bandwidth; without a floor, launches take no time"
        expect(student.limits.limit(ties, floor_ms, peak, bandwidth), exact, first)


@points(0.25, task="5.7")
def test_a_layer_on_a_b300_reaches_two_thirds_of_its_peak(student: Student) -> None:
    """In bf16; and a quarter of it in nvfp4."""
    layers = layers_of_a_b300()
    for precision, peak, exact in (
        ("bf16", B300_BF16, 0.6767703212821856),
        ("nvfp4", B300_FP4, 0.24503149054704396),
    ):
        mistakes: dict[str, Callable[[], object]] = {
            "the mean of all shares was taken; divide sums": partial(_mean_share, precision, peak),
            "half of the share: the sparse peak, or a multiply-add counted once": partial(float, exact / 2),
            "milliseconds were taken for seconds": partial(float, exact / 1000),
        }
        got = student.limits.share_of_peak(layers, precision, peak)
        expect_close(got, exact, "the FLOPs of all products, by their time together, by the peak", mistakes)


def _mean_share(precision: str, peak: int) -> float:
    shares = [
        2000 * layer["tokens"] * layer["d_in"] * layer["d_out"] / layer["ms"][precision] / peak
        for layer in layers_of_a_b300()
    ]
    return sum(shares) / len(shares)


@points(0.25, task="5.7")
def test_nvfp4_on_a_b300_is_twice_as_fast_as_bf16(student: Student) -> None:
    """And not six times, as the peaks say."""
    recorded = rows("transformer")
    expect_close(
        student.limits.step_speedup(recorded, "B300", "nvfp4"),
        12.758 / 6.452,
        "the three passes in bf16 take 12.758 ms, those in nvfp4 6.452 ms, with quantization",
        {
            "quantization was left out: that is the mode prequantized": lambda: 13.102 / 3.764,
            "only the forward pass was counted": lambda: 4.196 / 1.932,
            "it is turned around": lambda: 6.452 / 12.758,
            "the mean of three speedups was taken; divide sums": (
                lambda: (4.196 / 1.932 + 4.29 / 2.189 + 4.272 / 2.331) / 3
            ),
        },
    )
    expect_close(student.limits.step_speedup(recorded, "H200 NVL", "bf16"), 1.0, "bf16 is as fast as itself")
    for gpu, precision, naming in (("B200", "nvfp4", "B200"), ("H200 NVL", "nvfp4", "nvfp4")):
        with expect_raises(
            (ValueError, KeyError), naming=naming, hint="there are no such rows: raise, and name it"
        ):
            student.limits.step_speedup(recorded, gpu, precision)


@points(0.5, task="5.7")
def test_what_keeps_a_layer_from_its_ideal(student: Student) -> None:
    """Quantization takes two fifths of the step in nvfp4; and of the products, a long one loses most."""
    recorded, layers = rows("transformer"), layers_of_a_b300()
    expect_close(
        student.limits.quantizing_share(recorded, "B300", "nvfp4"),
        1 - 3.764 / 6.452,
        "with quantization 6.452 ms, without 3.764 ms",
        {
            "that is the share of the products": lambda: 3.764 / 6.452,
            "the difference was divided by the time without quantization": lambda: 6.452 / 3.764 - 1,
            "only the forward pass was counted": lambda: 1 - 1.254 / 1.932,
        },
    )
    expect_close(
        student.limits.quantizing_share(recorded, "B300", "fp8_delayed"),
        0.0,
        "the step is no faster where quantization was done before: then the share is 0",
        {"the share is 0 or more": lambda: 1 - 8.122 / 7.802},
    )
    above = "take the product whose time is the most milliseconds above its time in bf16 / ideal"
    for precision, ideal, exact, mistakes in (
        ("nvfp4", 6.0, "mlp_down", {"the lowest speedup was taken; that product is short": "attention_output"}),
        (
            "fp8_current",
            2.0,
            "mlp_down",
            {"the lowest speedup was taken; that product is short": "attention_output"},
        ),
        ("nvfp4", 2.0, "attention_output", {"the longest time was taken": "mlp_down"}),
    ):
        named = {why: partial(str, wrong) for why, wrong in mistakes.items()}
        expect(student.limits.loses_most(layers, precision, ideal), exact, above, named)


@points(0.25, task="5.7")
def test_quantizing_weights_pays_with_many_tokens(student: Student) -> None:
    """On an H100, 8,192 tokens are too few when weights and inputs are quantized each time."""
    expect(
        student.limits.pays_from(8192, 1_408_990, 765_950, 476_385, 476_385),
        23_417,
        "each token gains (1,408,990 - 765,950 - 476,385) / 8,192 ns; that must be more than 476,385 ns together",
        {
            "quantizing the inputs was left out": lambda: 6069,
            "quantizing the weights was taken to be proportional, too": lambda: None,
            "it was rounded down; there it is not faster yet": lambda: 23_416,
        },
    )
    even = "with 500 tokens both take 5,000 ns; with one more it is faster"
    expect(student.limits.pays_from(100, 1000, 500, 100, 2000), 501, even, {EVEN: lambda: 500})
    expect(student.limits.pays_from(100, 1000, 900, 100, 5), None, "what is gained is spent on the inputs")
    expect(student.limits.pays_from(100, 1000, 500, 100, 0), 1, "with nothing to do before, it pays at once")
    large = 10**30 * 7 // 3 + 1
    expect(student.limits.pays_from(7, 10, 4, 3, 10**30), large, "exactly, however large", inexact(large))


@points(0.25, task="5.7")
def test_recorded_answers_5_7(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "5.7")
