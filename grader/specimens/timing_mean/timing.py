def benchmark(fn, synchronize, clock, warmup, repeats):
    """The mean is returned instead of the median."""
    if warmup < 0 or repeats < 1:
        raise ValueError(f"warmup={warmup}, repeats={repeats}")
    for _ in range(warmup):
        fn()
    taken = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        fn()
        synchronize()
        taken.append(clock() - start)
    return sum(taken) / repeats
