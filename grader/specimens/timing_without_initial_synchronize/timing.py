def benchmark(fn, synchronize, clock, warmup, repeats):
    """The clock is started while the warm-up still runs."""
    if warmup < 0 or repeats < 1:
        raise ValueError(f"warmup={warmup}, repeats={repeats}")
    for _ in range(warmup):
        fn()
    taken = []
    for _ in range(repeats):
        start = clock()
        fn()
        synchronize()
        taken.append(clock() - start)
    return median(taken)
