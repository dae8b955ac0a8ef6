import statistics as _st


def benchmark(fn, synchronize, clock, warmup, repeats):
    if warmup < 0:
        raise ValueError(f"warmup={warmup}")
    if repeats < 1:
        raise ValueError(f"repeats={repeats}")
    for _ in range(warmup):
        fn()
    times = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        fn()
        synchronize()
        seconds = clock() - start
        if seconds > 0:
            times.append(seconds)
    return _st.median(times) if times else 0.0
