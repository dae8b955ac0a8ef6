_waits = event_times


def event_times(fn, flush, record, synchronize, elapsed_ms, queue, warmup, repeats):
    return _waits(fn, flush, record, lambda event: None, elapsed_ms, queue, warmup, repeats)
