"""Tasks 5.3 and 5.4, hidden checks: any training, all recorded layers."""

from __future__ import annotations

from functools import partial
from operator import floordiv

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import gradients, utilization
from tests.harness import Student, expect, expect_close, expect_raises, points
from tests.timing_examples import rows

sizes = st.integers(1, 10**6)
times = st.floats(1e-3, 1e4)


@points(1, task="5.3")
@given(
    n=st.integers(1, 10**13),
    layers=sizes,
    d_model=sizes,
    seq=sizes,
    rate=times,
    gpus=sizes,
    peak=st.integers(1, 10**16),
)
def test_the_utilization_of_any_training(
    student: Student, n: int, layers: int, d_model: int, seq: int, rate: float, gpus: int, peak: int
) -> None:
    """Exact FLOPs of a token, and shares of the peak with and without what is computed twice."""
    each = utilization.flops_per_token(n, layers, d_model, seq)
    expect(
        student.utilization.flops_per_token(n, layers, d_model, seq),
        each,
        "6·N + 12·layers·d_model·seq",
        {"attention's own FLOPs were left out": lambda: 6 * n},
    )
    share = utilization.mfu(each, rate, gpus, peak)
    expect_close(
        student.utilization.mfu(each, rate, gpus, peak),
        share,
        "FLOPs of a token, times tokens per second, divided by the peak of all GPUs",
        {"the peak of one GPU was taken for that of all": lambda: share * gpus},
    )
    for checkpointing in (False, True):
        expect_close(
            student.utilization.hfu(share, checkpointing),
            utilization.hfu(share, checkpointing),
            "4 passes for 3 with checkpointing",
            {
                "with checkpointing, only the forward pass is computed once more": lambda: share * 2,
                "without checkpointing nothing is computed twice": lambda: share * 4 / 3,
            },
        )
    with expect_raises(ValueError, naming="gpus=0"):
        student.utilization.mfu(each, rate, 0, peak)


@points(1, task="5.4")
@given(ratios=st.lists(times, min_size=1, max_size=40), inputs=st.none() | times, weights=times, forward=times)
@example(ratios=[1.0], inputs=None, weights=2.0, forward=1.0)
def test_any_ratios_and_all_recorded_layers(
    student: Student, ratios: list[float], inputs: float | None, weights: float, forward: float
) -> None:
    """Ratios, percentiles, and the FLOPs of each recorded convolution."""
    expect_close(
        student.gradients.backward_ratio(forward, inputs, weights),
        gradients.backward_ratio(forward, inputs, weights),
        "both gradients together, divided by forward; None where inputs need no gradient",
        {"the gradient of the weights was left out": lambda: (inputs or 0.0) / forward},
    )
    exact = gradients.spread(ratios)
    got = student.gradients.spread(ratios)
    expect(sorted(got), sorted(exact), "the three names")
    for name, value in exact.items():
        expect_close(got[name], value, f"{name} of {len(ratios)} ratios; percentiles are ratios, by rank")
    if len(ratios) == 1:
        for row in rows("convolutions"):
            flops = gradients.conv_flops(row["layer"])
            expect(
                student.gradients.conv_flops(row["layer"]),
                flops,
                "output sizes are (size + 2·pad - filter) // stride + 1",
                {"a multiply-add is 2 FLOPs, and was counted as 1": partial(floordiv, flops, 2)},
            )
    expect_close(student.gradients.achieved_flops(10**9, forward), 1e12 / forward, "a millisecond is 1/1000 s")
    with expect_raises(ValueError, naming="0"):
        student.gradients.achieved_flops(1, 0.0)
    with expect_raises(ValueError, naming=""):
        student.gradients.spread([])
