def benchmark(fn, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    for _ in range(warmup):
        fn()
    taken = []
    for _ in range(repeats):
        start = _now(synchronize, clock)
        fn()
        taken.append(_now(synchronize, clock) - start)
    middle = median(taken)
    return median(s for s in taken if s <= 1000 * middle)
