"""Times in arrays; warm-up runs are waited for one by one, which the handout does not forbid."""

import numpy as np


def _check(warmup, repeats):
    for name, value, least in (("warmup", warmup, 0), ("repeats", repeats, 1)):
        if value < least:
            raise ValueError(f"{name} is {value}, and must be {least} or more")


def benchmark(fn, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    for _ in range(warmup):
        fn()
        synchronize()
    times = np.empty((repeats, 2))
    for row in times:
        synchronize()
        row[0] = clock()
        fn()
        synchronize()
        row[1] = clock()
    return float(np.median(times[:, 1] - times[:, 0]))


def time_training_step(forward, backward, zero_grad, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    readings = np.empty((warmup + repeats, 3))
    for n in range(warmup + repeats):
        zero_grad()
        for m, work in enumerate((lambda: None, forward, backward)):
            work()
            if n >= warmup:
                synchronize()
                readings[n, m] = clock()
    return [float(np.median(column)) for column in np.diff(readings[warmup:], axis=1).T]
