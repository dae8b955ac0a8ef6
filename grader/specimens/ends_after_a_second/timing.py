def benchmark(fn, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    for _ in range(warmup):
        fn()
    taken = []
    while len(taken) < repeats and sum(taken) < 1.0:
        start = _now(synchronize, clock)
        fn()
        taken.append(_now(synchronize, clock) - start)
    return median(taken)
