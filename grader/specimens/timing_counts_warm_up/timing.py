def benchmark(fn, synchronize, clock, warmup, repeats):
    """The warm-up is left out."""
    if warmup < 0 or repeats < 1:
        raise ValueError(f"warmup={warmup}, repeats={repeats}")
    taken = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        fn()
        synchronize()
        taken.append(clock() - start)
    return median(taken)
