def benchmark(fn, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    taken = []
    for _ in range(warmup + repeats):
        start = _now(synchronize, clock)
        fn()
        taken.append(_now(synchronize, clock) - start)
    return median(taken[warmup:])
