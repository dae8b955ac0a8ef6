"""A stopwatch that waits for the device."""

import statistics


class Stopwatch:
    def __init__(self, synchronize, clock):
        self._synchronize, self._clock = synchronize, clock

    def now(self):
        self._synchronize()
        return self._clock()

    def laps(self, *works):
        """Seconds of each of some works, one after the other."""
        readings = [self.now()]
        for work in works:
            work()
            readings.append(self.now())
        return [after - before for before, after in zip(readings, readings[1:])]


def need(warmup, repeats):
    if warmup < 0:
        raise ValueError(f"warmup={warmup} is below 0")
    if repeats < 1:
        raise ValueError(f"repeats={repeats} is below 1")


def benchmark(fn, synchronize, clock, warmup, repeats):
    need(warmup, repeats)
    watch = Stopwatch(synchronize, clock)
    for _ in range(warmup):
        fn()
    return statistics.median(watch.laps(fn)[0] for _ in range(repeats))


def time_training_step(forward, backward, zero_grad, synchronize, clock, warmup, repeats):
    need(warmup, repeats)
    watch, steps = Stopwatch(synchronize, clock), []
    for _ in range(warmup):
        zero_grad()
        forward()
        backward()
    while len(steps) < repeats:
        zero_grad()
        steps.append(watch.laps(forward, backward))
    return tuple(map(statistics.median, zip(*steps)))
