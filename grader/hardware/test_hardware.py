"""Tasks 5.1 to 5.3 on real devices. Their points are no part of the assignment's 100."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from statistics import median

from grader.hardware.machines import BANDS, Machine, Work, chain, floor, long_enough, peak, run
from grader.reference.flops import linear_chain_flops
from tests.harness import Student, expect_that, limits, points

WARMUP, REPEATS = 2, 5
STILL_RUNNING = "the warm-up's work was still running when the clock was started: synchronize before that, too"
SLOW = (1, 3, 3, 12)
"""How many times the work some runs do: their median is 3, their mean 4.75, and the fastest is 1."""

BATCH, WIDTHS = {"cuda": 8192, "cpu": 512}, {"cuda": [8192] * 17, "cpu": [1024] * 9}


class Clock:
    """Seconds, and how often it was read; its method is ours, since calls go by signature."""

    def __init__(self) -> None:
        self.readings = 0

    def __call__(self) -> float:
        """The time."""
        self.readings += 1
        return time.perf_counter()


def in_turn(device: Machine, work: Work, times: Sequence[int]) -> Work:
    """A function that starts the work once, or several times as one, from call to call."""
    left = iter(times)

    def start() -> None:
        device.launch(partial(repeat, work, next(left, 1)))

    return start


def repeat(work: Work, times: int) -> None:
    """Do the work so many times."""
    for _ in range(times):
        work()


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
    """A timed product takes as long as the device says: usually, in a single run, and when some runs are slow."""
    forward, _, _ = chain(device.name, BATCH[device.name], WIDTHS[device.name])
    work = long_enough(device, forward)
    for warmup, times, advice in (
        (2 * WARMUP, (1,), STILL_RUNNING),
        (WARMUP, SLOW, "return the median, which slow runs don't move as they move a mean"),
    ):
        device.times.clear()
        clock = Clock()
        fn = in_turn(device, work, [*[1] * warmup, *times])
        got = student.timing.benchmark(fn, device.synchronize, clock, warmup, len(times))
        device.synchronize()
        runs = warmup + len(times)
        expect_that(len(device.times) == runs, f"{runs} runs: warmup, then repeats", f"{len(device.times)} runs")
        near(device, got, median(device.times[warmup:]), "seconds of a run", advice)
        _readings(clock, 2 * len(times))


def _readings(clock: Clock, wanted: int) -> None:
    advice = "each run that is measured has readings of its own, and the warm-up has none"
    expect_that(clock.readings == wanted, f"{wanted} readings of the clock", f"{clock.readings}", advice)


@points(1, task="5.2")
@limits(wall_s=120)
def test_steps_agree_with_the_device(student: Student, device: Machine) -> None:
    """Forward and backward, timed apart, take as long as the device says; backward about twice forward."""
    forward, backward, clear = chain(device.name, BATCH[device.name], WIDTHS[device.name])
    run(device, (forward, backward), 1)  # the first of each is slow
    steps = "clear, synchronize, read; forward, synchronize, read; backward, synchronize, read"
    for warmup, times, advice in (
        (2 * WARMUP, (1,), STILL_RUNNING),
        (WARMUP, SLOW, "return the medians, which slow runs don't move as they move a mean"),
        (WARMUP, (1,) * REPEATS, steps),
    ):
        device.times.clear()
        clock = Clock()
        forward_s, backward_s = student.timing.time_training_step(
            in_turn(device, forward, [*[1] * warmup, *times]),
            partial(device.launch, backward),
            partial(device.launch, clear),
            device.synchronize,
            clock,
            warmup,
            len(times),
        )
        device.synchronize()
        runs = 3 * (warmup + len(times))
        expect_that(len(device.times) == runs, "clear, forward, backward each step", "other calls")
        own = [device.times[3 * warmup + n :: 3] for n in range(3)]
        near(device, forward_s, median(own[1]), "forward", advice)
        near(device, backward_s, median(own[2]), "backward", advice)
        _readings(clock, 3 * len(times))
    _twice(device, forward_s, backward_s)


def _twice(device: Machine, forward_s: float, backward_s: float) -> None:
    expect_that(
        forward_s > 0, "more than no time", f"{forward_s}", "read the clock before and after the forward pass"
    )
    low, high = BANDS[device.name].ratio
    ratio = backward_s / forward_s
    expect_that(low <= ratio <= high, f"backward / forward between {low} and {high}", f"{ratio:.2f}")


@points(1, task="5.3")
@limits(wall_s=120)
def test_utilization_is_possible(student: Student, device: Machine) -> None:
    """The MFU of a step that was really taken is that of its FLOPs, and one that this device can have."""
    batch, widths = BATCH[device.name], WIDTHS[device.name]
    forward, backward, clear = chain(device.name, batch, widths)
    run(device, (clear, forward, backward), 3)
    step_s = sum(device.times[-2:])
    exact = sum(linear_chain_flops(batch, widths, x_needs_grad=True))
    counted = sum(student.flops.linear_chain_flops(batch, widths, True))
    most, least = round(peak(device.name)), floor(device.name)
    share = student.utilization.mfu(counted // batch, batch / step_s, 1, most)
    expected = exact / step_s / most
    advice = "a multiply-add is 2 FLOPs, and the peak is dense: the sparse one, or half of the FLOPs, gives half"
    expect_that(abs(share / expected - 1) < 1e-6, f"{expected:.3f}, from {exact:,} FLOPs", f"{share:.3f}", advice)
    expect_that(share >= least, f"{least} or more on this device", f"{share:.3f}", advice)
    expect_that(share <= 1, "not above 1", f"{share:.3f}", "too few GPUs were taken, or too low a peak")
