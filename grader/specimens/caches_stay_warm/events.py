_with_flush = event_times


def event_times(fn, flush, record, synchronize, elapsed_ms, queue, warmup, repeats):
    return _with_flush(fn, lambda: None, record, synchronize, elapsed_ms, queue, warmup, repeats)
