"""Task 5.1: timing work that runs asynchronously."""

from __future__ import annotations

from collections.abc import Callable


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
        repeats: runs that are measured, one at a time; the median of their times is returned, for an even number
            the mean of the middle two.

    Every reading of the clock comes right after `synchronize`, so that neither earlier work is counted nor work
    of this run left out.

    Raises:
        ValueError: warmup is below 0 or repeats below 1; the message names it.

    >>> ticks = iter([10.0, 12.0, 20.0, 23.0, 30.0, 39.0])
    >>> benchmark(lambda: None, lambda: None, lambda: next(ticks), warmup=2, repeats=3)
    3.0
    """
    raise NotImplementedError("Task 5.1: benchmark in assignment/timing.py")
