def event_times(fn, flush, record, synchronize, elapsed_ms, queue, warmup, repeats):
    if warmup < 0:
        raise ValueError(f"warmup={warmup}")
    if repeats < 1:
        raise ValueError(f"repeats={repeats}")
    for _ in range(warmup):
        fn()
    flush()
    events = [record(queue)]
    for run in range(repeats):
        if run:
            flush()
        fn()
        events.append(record(queue))
    synchronize(events[-1])
    return [elapsed_ms(a, b) for a, b in zip(events, events[1:])]
