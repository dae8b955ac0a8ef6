_in_order = event_times


def event_times(fn, flush, record, synchronize, elapsed_ms, queue, warmup, repeats):
    return sorted(_in_order(fn, flush, record, synchronize, elapsed_ms, queue, warmup, repeats))
