import time


def event_times(fn, flush, record, synchronize, elapsed_ms, queue, warmup, repeats):
    if warmup < 0:
        raise ValueError(f"warmup={warmup}")
    if repeats < 1:
        raise ValueError(f"repeats={repeats}")
    for _ in range(warmup):
        fn()
    times = []
    for _ in range(repeats):
        flush()
        start = time.perf_counter()
        fn()
        times.append((time.perf_counter() - start) * 1000)
    return times
