"""Task 5.7, hidden checks: an H200's recording, and any work, layer and step."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from statistics import mean
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from grader.oracle import limits as oracle
from grader.reference import limits as reference
from tests.harness import Student, expect, expect_close, expect_raises, points
from tests.mistakes import OneOf, inexact, whole
from tests.timing_examples import layers_of_a_b300, rows, work_of_linear_layers

H200_BF16, H200_MEMORY = 9895 * 10**11, 4800 * 10**9
PASSES = ("forward", "grad_x", "grad_w")

times = st.integers(1, 2**14).map(lambda n: n / 64)
works = st.fixed_dictionaries({"flops": st.integers(1, 10**9), "bytes": st.integers(1, 10**9), "ms": times})
rates = st.integers(10**6, 10**9)


@points(0.75, task="5.7")
@given(timings=st.lists(works, max_size=8), peak=rates, bytes_per_s=rates, floor_ms=st.none() | times)
@example(timings=[], peak=10**6, bytes_per_s=10**6, floor_ms=None)
@example(
    timings=[{"flops": 1, "bytes": 900, "ms": 4.0}, {"flops": 1, "bytes": 3, "ms": 6.0}],
    peak=10**6,
    bytes_per_s=10**6,
    floor_ms=6.0,
)
@example(
    timings=[{"flops": 900, "bytes": 1, "ms": 4.0}, {"flops": 3, "bytes": 1, "ms": 6.0}],
    peak=10**6,
    bytes_per_s=10**6,
    floor_ms=0.25,
)
@example(
    timings=[{"flops": 7000, "bytes": 14_000, "ms": 1.0}], peak=7 * 10**6, bytes_per_s=14 * 10**6, floor_ms=1.0
)
@example(timings=[{"flops": 5, "bytes": 8000, "ms": 9.0}], peak=10**7, bytes_per_s=4 * 10**6, floor_ms=2.0)
@example(
    timings=[{"flops": 500, "bytes": 1000, "ms": 10.0}, {"flops": 1000, "bytes": 500, "ms": 10.5}],
    peak=10**6,
    bytes_per_s=10**6,
    floor_ms=0.5,
)
@example(timings=[{"flops": 9995, "bytes": 10_000, "ms": 20.0}], peak=10**6, bytes_per_s=10**6, floor_ms=0.5)
def test_floors_and_limits_of_any_work(
    student: Student, timings: list[dict[str, Any]], peak: int, bytes_per_s: int, floor_ms: float | None
) -> None:
    """The floor of any timings, and what limits each of them; and all of an H200's recording."""
    _same_floor(student, timings, peak, bytes_per_s)
    for timing in timings:
        _same_limit(student, timing, floor_ms, peak, bytes_per_s)
    if not timings:
        recorded = work_of_linear_layers("h200_sxm")
        _same_floor(student, recorded, H200_BF16, H200_MEMORY)
        for timing in recorded:
            _same_limit(student, timing, 0.00595, H200_BF16, H200_MEMORY)


def _same_floor(student: Student, timings: list[dict[str, Any]], peak: int, bytes_per_s: int) -> None:
    exact = oracle.floor_ms(timings, peak, bytes_per_s)
    expect(
        student.limits.launch_floor_ms(timings, peak, bytes_per_s),
        exact,
        "the shortest time of those above ten times what memory and arithmetic need, or None",
        {
            "the shortest of all times was taken": lambda: min(timing["ms"] for timing in timings),
            "the work's memory alone was looked at": (
                lambda: oracle.floor_ms([timing | {"flops": 0} for timing in timings], peak, bytes_per_s)
            ),
            "the work's arithmetic alone was looked at": (
                lambda: oracle.floor_ms([timing | {"bytes": 0} for timing in timings], peak, bytes_per_s)
            ),
            "work that takes just ten times its roofline is not above it": (
                lambda: min((each["ms"] for each in timings if _far(each, peak, bytes_per_s)), default=None)
            ),
        }
        if timings
        else None,
    )


def _far(timing: dict[str, Any], peak: int, bytes_per_s: int) -> bool:
    """Whether it takes ten times its roofline, or longer."""
    return all(Fraction(timing["ms"]) >= 10 * need for need in oracle.needs(timing, peak, bytes_per_s).values())


def _same_limit(
    student: Student, timing: dict[str, Any], floor_ms: float | None, peak: int, bytes_per_s: int
) -> None:
    exact = oracle.limit(timing, floor_ms, peak, bytes_per_s)
    needs = oracle.needs(timing, peak, bytes_per_s) | {"latency": Fraction(floor_ms or 0)}
    equal = [name for name, need in needs.items() if need == max(needs.values())]
    measured: dict[str, Callable[[], object]] = {
        "it was decided by the ratio of FLOPs and bytes alone; a launch takes time, too": (
            lambda: oracle.limit(timing, None, peak, bytes_per_s)
        ),
        "the time that was measured was taken for that of a launch": (
            lambda: oracle.limit(timing, timing["ms"], peak, bytes_per_s)
        ),
        "of equal times, compute goes first, then bandwidth": (
            lambda: OneOf(name for name in equal if name != exact)
        ),
    }
    expect(
        student.limits.limit(timing, floor_ms, peak, bytes_per_s),
        exact,
        "the one of launch, memory and arithmetic that needs the longest time",
        measured,
    )


layers = st.lists(
    st.fixed_dictionaries(
        {
            "tokens": whole(5),
            "d_in": whole(5),
            "d_out": whole(5),
            "ms": st.fixed_dictionaries({"bf16": times, "fp8_current": times, "nvfp4": times}),
        }
    ),
    min_size=1,
    max_size=5,
).map(lambda found: [{"layer": f"product {n}"} | each for n, each in enumerate(found)])
precisions = st.sampled_from(["bf16", "fp8_current", "nvfp4"])


@points(0.5, task="5.7")
@given(products=layers, precision=precisions, peak=rates, ideal=st.sampled_from([1.0, 2.0, 4.0, 8.0]))
@example(
    products=[
        {"layer": name, "tokens": 3, "d_in": 4, "d_out": 7, "ms": {"bf16": base, "nvfp4": low}}
        for name, base, low in (("a", 32.0, 19.0), ("b", 16.0, 14.0), ("c", 2.0, 2.5), ("d", 60.0, 31.0))
    ],
    precision="nvfp4",
    peak=10**6,
    ideal=2.0,
)
@example(
    products=[
        {"layer": name, "tokens": 3, "d_in": 5, "d_out": 7, "ms": {"bf16": base, "nvfp4": low}}
        for name, base, low in (("a", 4.0, 3.0), ("b", 8.0, 5.0), ("c", 1.0, 1.5))
    ],
    precision="nvfp4",
    peak=10**6,
    ideal=2.0,
)
@example(
    products=[
        {"layer": name, "tokens": 2, "d_in": 9, "d_out": 4, "ms": {"bf16": base, "nvfp4": low}}
        for name, base, low in (("a", 16.0, 6.0), ("b", 8.0, 5.0), ("c", 2.0, 2.0))
    ],
    precision="nvfp4",
    peak=10**6,
    ideal=4.0,
)
def test_any_layer(
    student: Student, products: list[dict[str, Any]], precision: str, peak: int, ideal: float
) -> None:
    """The share of the peak of all products together, and the product that loses most."""
    _same_layer(student, products, precision, peak, ideal)
    if precision == "nvfp4" and len(products) == 3:
        for each in ("fp8_delayed", "mxfp8"):
            _same_layer(student, layers_of_a_b300(), each, 4500 * 10**12, 2.0)


def _same_layer(student: Student, products: list[dict[str, Any]], precision: str, peak: int, ideal: float) -> None:
    share = oracle.share(products, precision, peak)
    expect_close(
        student.limits.share_of_peak(products, precision, peak),
        share,
        "the FLOPs of all products, by their time together, by the peak",
        {
            "the mean of all shares was taken; divide sums": (
                lambda: mean(oracle.share([product], precision, peak) for product in products)
            ),
            "half of the share: the sparse peak, or a multiply-add counted once": lambda: share / 2,
            "milliseconds were taken for seconds": lambda: share / 1000,
            "a share above 1 was cut to 1; it says that something was counted wrongly": lambda: 1.0,
        },
    )
    lost = [product["ms"][precision] - product["ms"]["bf16"] / ideal for product in products]
    ratios = [product["ms"][precision] / product["ms"]["bf16"] for product in products]
    slowest = [product["ms"][precision] for product in products]
    expect(
        student.limits.loses_most(products, precision, ideal),
        products[lost.index(max(lost))]["layer"],
        "the most milliseconds above its time in bf16 / ideal; of equal ones the first",
        {
            "the lowest speedup was taken": lambda: products[ratios.index(max(ratios))]["layer"],
            "the longest time was taken": lambda: products[slowest.index(max(slowest))]["layer"],
            "of equal ones, the first": lambda: products[-1 - lost[::-1].index(max(lost))]["layer"],
        },
    )


@points(0.5, task="5.7")
@given(ms=st.lists(times, min_size=18, max_size=18), order=st.randoms(use_true_random=False))
@example(ms=[float(n) for n in range(1, 19)], order=None)
@example(ms=[float(n) for n in range(19, 1, -1)], order=None)
def test_any_step(student: Student, ms: list[float], order: Any) -> None:
    """Two GPUs, two precisions, two modes and three passes, in any order; and all that was recorded."""
    places = [("X", mode, precision) for mode in ("autocast", "prequantized") for precision in ("bf16", "fp8")]
    places += [("Y", "autocast", "bf16"), ("Y", "autocast", "int8")]
    made: list[dict[str, Any]] = [
        {"gpu": gpu, "mode": mode, "precision": precision, "pass": each, "ms": ms[3 * n + k]}
        for n, (gpu, mode, precision) in enumerate(places)
        for k, each in enumerate(PASSES)
    ]
    if order is not None:
        order.shuffle(made)
    _same_step(student, made, "X", "fp8")
    longer = [row | {"gpu": f"{row['gpu']} NVL"} for row in made]  # names are taken as a whole
    for naming, gpu, precision in (("X", "X", "fp8"), ("fp", "X NVL", "fp"), ("NVL", "NVL", "fp8")):
        for ask in (student.limits.step_speedup, student.limits.quantizing_share):
            with expect_raises((ValueError, KeyError), naming=naming, hint="there are no such rows: raise"):
                ask(longer, gpu, precision)
    for naming, gpu, precision in (("Z", "Z", "fp8"), ("int8", "X", "int8"), ("fp4", "Y", "fp4")):
        for ask in (student.limits.step_speedup, student.limits.quantizing_share):
            with expect_raises((ValueError, KeyError), naming=naming, hint="there are no such rows: raise"):
                ask(made, gpu, precision)
    with expect_raises(
        (ValueError, KeyError), naming="int8", hint="it was not timed with quantization done before"
    ):
        student.limits.quantizing_share(made, "Y", "int8")
    if order is None:
        recorded = rows("transformer")
        for gpu, precision in (("B300", "mxfp8"), ("B300", "fp8_current"), ("H200 NVL", "fp8_current")):
            _same_step(student, recorded, gpu, precision)
        _same_step(student, recorded, "H200 NVL", "fp8_delayed")


def _same_step(student: Student, recorded: list[dict[str, Any]], gpu: str, precision: str) -> None:
    base, low = oracle.step(recorded, gpu, "bf16", "autocast"), oracle.step(recorded, gpu, precision, "autocast")
    before = oracle.step(recorded, gpu, precision, "prequantized")
    expect_close(
        student.limits.step_speedup(recorded, gpu, precision),
        sum(base) / sum(low),
        "the time of three passes in bf16, divided by that in the other precision, both in autocast",
        {
            "quantization was left out: that is the mode prequantized": lambda: sum(base) / sum(before),
            "only the forward pass was counted": lambda: base[0] / low[0],
            "it is turned around": lambda: sum(low) / sum(base),
            "the mean of three speedups was taken; divide sums": (
                lambda: mean(b / a for a, b in zip(low, base, strict=True))
            ),
        },
    )
    expect_close(
        student.limits.quantizing_share(recorded, gpu, precision),
        max(1 - sum(before) / sum(low), 0.0),
        "what the step saves where quantization was done before, as a share of the step with it",
        {
            "that is the share of the products": lambda: sum(before) / sum(low),
            "the difference was divided by the time without quantization": (
                lambda: max(sum(low) / sum(before) - 1, 0.0)
            ),
            "the share is 0 or more": lambda: 1 - sum(before) / sum(low),
            "passes were cut to 0 one by one; cut the step": (
                lambda: sum(max(a - b, 0.0) for a, b in zip(low, before, strict=True)) / sum(low)
            ),
        },
    )


@points(0.25, task="5.7")
@given(
    tokens=whole(6),
    base_ns=whole(9) | whole(24),
    low_ns=whole(9),
    inputs_ns=st.just(0) | whole(9),
    weights_ns=st.just(0) | whole(24),
)
@example(tokens=5, base_ns=1100, low_ns=800, inputs_ns=200, weights_ns=331)
@example(tokens=64, base_ns=1600, low_ns=800, inputs_ns=0, weights_ns=12_800)
@example(tokens=64, base_ns=1600, low_ns=900, inputs_ns=700, weights_ns=0)
@example(tokens=5, base_ns=11, low_ns=8, inputs_ns=2, weights_ns=3)
@example(tokens=7, base_ns=1603, low_ns=900, inputs_ns=700, weights_ns=10**20)
def test_where_a_lower_precision_pays(
    student: Student, tokens: int, base_ns: int, low_ns: int, inputs_ns: int, weights_ns: int
) -> None:
    """The first number of tokens with which it is faster, exactly, or None."""
    exact = reference.pays_from(tokens, base_ns, low_ns, inputs_ns, weights_ns)
    without, gain = max(base_ns - low_ns, 1), base_ns - low_ns - inputs_ns
    expect(
        student.limits.pays_from(tokens, base_ns, low_ns, inputs_ns, weights_ns),
        exact,
        "the gain of each token, times the tokens, must be more than what quantizing the weights takes",
        {
            "both are equally fast there; it must be faster": (
                lambda: max(-(-weights_ns * tokens // gain), 1) if exact else None
            ),
            "it was rounded down; there it is not faster yet": (
                lambda: weights_ns * tokens // gain if exact else None
            ),
            "quantizing the inputs was left out": lambda: weights_ns * tokens // without + 1,
            "where nothing is gained, it never pays": lambda: 1 if exact is None else None,
        }
        | (inexact(exact) if exact else {}),
    )
