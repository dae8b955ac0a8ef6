def benchmark(fn, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    for _ in range(warmup):
        fn()
    readings = [_now(synchronize, clock)]
    for _ in range(repeats):
        fn()
        readings.append(_now(synchronize, clock))
    return median(after - before for before, after in zip(readings, readings[1:]))
