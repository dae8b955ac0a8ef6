"""Tasks 5.1 and 5.2: timing work that runs asynchronously."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median


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
    taken: list[float] = []
    for _ in range(repeats):
        start = _now(synchronize, clock)
        fn()
        taken.append(_now(synchronize, clock) - start)
    return median(taken)


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
    times: list[tuple[float, float]] = []
    for step in range(warmup + repeats):
        zero_grad()
        if step < warmup:
            forward()
            backward()
            continue
        readings = [_now(synchronize, clock)]
        for work in (forward, backward):
            work()
            readings.append(_now(synchronize, clock))
        times.append((readings[1] - readings[0], readings[2] - readings[1]))
    return median(forward_s for forward_s, _ in times), median(backward_s for _, backward_s in times)


def _now(synchronize: Callable[[], object], clock: Callable[[], float]) -> float:
    synchronize()
    return clock()


def _check(warmup: int, repeats: int) -> None:
    if warmup < 0:
        raise ValueError(f"warmup={warmup} is below 0")
    if repeats < 1:
        raise ValueError(f"repeats={repeats} is below 1")
