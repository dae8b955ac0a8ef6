_hidden = event_times


def event_times(fn, flush, record, synchronize, elapsed_ms, queue, warmup, repeats):
    def emptied():
        flush()
        synchronize(record(queue))

    return _hidden(fn, emptied, record, synchronize, elapsed_ms, queue, warmup, repeats)
