"""Tasks 5.1 and 5.2: timing work that runs asynchronously."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from collections.abc import Callable


def _check(warmup: int, repeats: int) -> None:
    if warmup < 0:
        raise ValueError(f"warmup={warmup!r} is below 0")
    if repeats < 1:
        raise ValueError(f"repeats={repeats!r} is below 1")


def _stopwatch(
    phases: list[Callable[[], object]], synchronize: Callable[[], object], clock: Callable[[], float]
) -> list[float]:
    """Seconds of each of some phases that follow each other; one reading more than there are phases."""

    def now() -> float:
        synchronize()
        return clock()

    readings = [now()]
    for phase in phases:
        phase()
        readings.append(now())
    return [after - before for before, after in pairwise(readings)]


def benchmark(
    fn: Callable[[], object],
    synchronize: Callable[[], object],
    clock: Callable[[], float],
    warmup: int,
    repeats: int,
) -> float:
    """Median seconds of a function that may only start work on a device. (Task 5.1.)

    Args:
        fn: what is timed; it may return before its work is done.
        synchronize: returns when all work started so far is done.
        clock: the time in seconds.
        warmup: runs before the measurement, which do not count.
        repeats: runs that are measured, one at a time; the median of all their times is returned, for an even
            number the mean of the middle two.

    Every reading of the clock comes right after `synchronize`, so that neither earlier work is counted nor work
    of this run left out. The clock is read twice for each run that is measured, and not during the warm-up.

    Raises:
        ValueError: warmup is below 0 or repeats below 1; the message names it.

    >>> ticks = iter([10.0, 12.0, 20.0, 23.0, 30.0, 39.0])
    >>> benchmark(lambda: None, lambda: None, lambda: next(ticks), warmup=2, repeats=3)
    3.0
    """
    _check(warmup, repeats)
    for _ in range(warmup):
        fn()
    times = (_stopwatch([fn], synchronize, clock) for _ in range(repeats))
    return median(seconds for (seconds,) in times)


def time_training_step(
    forward: Callable[[], object],
    backward: Callable[[], object],
    zero_grad: Callable[[], object],
    synchronize: Callable[[], object],
    clock: Callable[[], float],
    warmup: int,
    repeats: int,
) -> tuple[float, float]:
    """Median seconds of a model's forward pass, and of its backward pass, timed apart. (Task 5.2.)

    Args:
        forward: starts a forward pass; may return before it is done.
        backward: starts the backward pass of the last forward pass.
        zero_grad: clears the gradients; it belongs before each forward pass, and into neither of the times.
        synchronize: as in `benchmark`.
        clock: as in `benchmark`; read three times for each step that is measured, and not during the warm-up.
        warmup: whole steps before the measurement.
        repeats: steps that are measured.

    Raises:
        ValueError: warmup is below 0 or repeats below 1; the message names it.

    >>> ticks = iter([1.0, 3.0, 7.0])
    >>> time_training_step(*[lambda: None] * 4, lambda: next(ticks), warmup=1, repeats=1)
    (2.0, 4.0)
    """
    _check(warmup, repeats)
    for _ in range(warmup):
        zero_grad()
        forward()
        backward()
    steps = []
    for _ in range(repeats):
        zero_grad()
        steps.append(_stopwatch([forward, backward], synchronize, clock))
    ahead, back = zip(*steps, strict=True)
    return median(ahead), median(back)
