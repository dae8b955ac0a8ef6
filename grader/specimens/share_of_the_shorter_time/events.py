def launch_share(fn, busy, record, synchronize, elapsed_ms, queue, calls):
    if calls < 1:
        raise ValueError(f"calls={calls}")
    fn()
    synchronize(record(queue))
    events = []
    for row in range(2):
        if row == 0:
            busy()
        start = record(queue)
        for _ in range(calls):
            fn()
        end = record(queue)
        synchronize(end)
        events.append((start, end))
    synchronize(end)
    full, empty = (elapsed_ms(start, end) for start, end in events)
    return empty / full - 1
