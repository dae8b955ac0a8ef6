_in_its_queue = event_times


def event_times(fn, flush, record, synchronize, elapsed_ms, queue, warmup, repeats):
    return _in_its_queue(fn, flush, lambda _: record(0), synchronize, elapsed_ms, queue, warmup, repeats)
