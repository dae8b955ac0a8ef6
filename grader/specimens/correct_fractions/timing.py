"""Tasks 5.1 and 5.2."""

from __future__ import annotations

from itertools import repeat
from statistics import median


def _check(warmup, repeats):
    if warmup < 0:
        raise ValueError(f"warmup={warmup}")
    if repeats < 1:
        raise ValueError(f"repeats={repeats}")


def _reader(synchronize, clock):
    def read():
        synchronize()
        return clock()

    return read


def benchmark(fn, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    read = _reader(synchronize, clock)
    for _ in repeat(None, warmup):
        fn()

    def sample():
        start = read()
        fn()
        return read() - start

    return median(sample() for _ in range(repeats))


def time_training_step(forward, backward, zero_grad, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    read = _reader(synchronize, clock)
    for step in (zero_grad, forward, backward) * warmup:
        step()

    def sample():
        zero_grad()
        t0 = read()
        forward()
        t1 = read()
        backward()
        return t1 - t0, read() - t1

    return tuple(map(median, zip(*(sample() for _ in range(repeats)))))
