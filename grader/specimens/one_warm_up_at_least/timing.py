_exact = benchmark


def benchmark(fn, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    return _exact(fn, synchronize, clock, max(warmup, 1), repeats)
