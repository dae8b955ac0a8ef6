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
