"""Tasks 5.1 to 5.3 on real devices. Their points are no part of the assignment's 100."""

from __future__ import annotations

import time
from functools import partial
from statistics import median

from grader.hardware.machines import BANDS, Machine, chain, long_enough, peak, run
from tests.harness import Student, expect_that, limits, points

WARMUP, REPEATS = 2, 5
BATCH, WIDTHS = {"cuda": 8192, "cpu": 512}, {"cuda": [8192] * 17, "cpu": [1024] * 9}


def clock() -> float:
    """Seconds; a function of ours, since calls go by signature."""
    return time.perf_counter()


def near(device: Machine, got: float, own_s: float, what: str, advice: str) -> None:
    """Hold a time to the device's own."""
    band = BANDS[device.name]
    room = band.relative * own_s + band.absolute_s
    expect_that(
        abs(got - own_s) <= room,
        f"{what}: {own_s * 1000:.1f} ms by the device's own clock, give or take {room * 1000:.1f}",
        f"{got * 1000:.1f} ms",
        advice,
    )


@points(1, task="5.1")
@limits(wall_s=120)
def test_benchmark_agrees_with_the_device(student: Student, device: Machine) -> None:
    """A timed product takes as long as the device says."""
    forward, _, _ = chain(device.name, BATCH[device.name], WIDTHS[device.name])
    work = long_enough(device, forward)
    got = student.timing.benchmark(partial(device.launch, work), device.synchronize, clock, WARMUP, REPEATS)
    device.synchronize()
    runs = WARMUP + REPEATS
    expect_that(len(device.times) == runs, f"{runs} runs: warmup, then repeats", f"{len(device.times)} runs")
    own_s = median(device.times[WARMUP:])
    near(device, got, own_s, "seconds of a run", "synchronize right before each reading of the clock")


@points(1, task="5.2")
@limits(wall_s=120)
def test_steps_agree_with_the_device(student: Student, device: Machine) -> None:
    """Forward and backward, timed apart, take as long as the device says; backward about twice forward."""
    forward, backward, clear = chain(device.name, BATCH[device.name], WIDTHS[device.name])
    run(device, (forward, backward), 1)  # the first of each is slow
    device.times.clear()
    got = student.timing.time_training_step(
        *(partial(device.launch, work) for work in (forward, backward, clear)),
        device.synchronize,
        clock,
        WARMUP,
        REPEATS,
    )
    device.synchronize()
    expect_that(len(device.times) == 3 * (WARMUP + REPEATS), "clear, forward, backward each step", "other calls")
    own = [device.times[3 * WARMUP + n :: 3] for n in range(3)]
    advice = "clear, synchronize, read; forward, synchronize, read; backward, synchronize, read"
    forward_s, backward_s = got
    near(device, forward_s, median(own[1]), "forward", advice)
    near(device, backward_s, median(own[2]), "backward", advice)
    expect_that(forward_s > 0, "more than no time", f"{forward_s}", advice)
    low, high = BANDS[device.name].ratio
    ratio = backward_s / forward_s
    expect_that(low <= ratio <= high, f"backward / forward between {low} and {high}", f"{ratio:.2f}")


@points(1, task="5.3")
@limits(wall_s=120)
def test_utilization_is_possible(student: Student, device: Machine) -> None:
    """The MFU of a step that was really taken is above 0 and not above 1."""
    batch, widths = BATCH[device.name], WIDTHS[device.name]
    forward, backward, clear = chain(device.name, batch, widths)
    run(device, (clear, forward, backward), 3)
    step_s = sum(device.times[-2:])
    each = sum(student.flops.linear_chain_flops(batch, widths, True)) // batch
    got = student.utilization.mfu(each, batch / step_s, 1, round(peak(device.name)))
    expect_that(
        0 < got <= 1, "above 0, and not above 1", f"{got:.3f}", "count a multiply-add as 2, and use the dense peak"
    )
