_exact = benchmark


def benchmark(fn, synchronize, clock, warmup, repeats):
    return _exact(fn, synchronize, clock, warmup, min(repeats, 1000))
