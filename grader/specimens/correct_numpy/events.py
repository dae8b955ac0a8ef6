"""Events in arrays."""

import numpy as np


def event_times(fn, flush, record, synchronize, elapsed_ms, queue, warmup, repeats):
    if warmup < 0 or repeats < 1:
        raise ValueError(f"warmup={warmup}, repeats={repeats}")
    [fn() for _ in range(warmup)]
    events = np.empty((repeats, 2), dtype=int)
    for row in events:
        flush()
        row[0] = record(queue)
        fn()
        row[1] = record(queue)
    synchronize(int(events.max()))
    return [elapsed_ms(*pair) for pair in events.tolist()]


def summary(times_ms, tolerance):
    x = np.array(times_ms, dtype=float)
    if x.size < 3:
        raise ValueError(f"{x.size} < 3")
    first, last = np.median(x[: x.size // 3]), np.median(x[::-1][: x.size // 3])
    sign = int(last > first * (1 + tolerance)) - int(last < first * (1 - tolerance))
    return float(np.median(x)), {0: "steady", 1: "slower", -1: "faster"}[sign]


def overlap(first, second, record, synchronize, elapsed_ms):
    events = []
    for n, start_work in enumerate([first, second]):
        events += [record(n)]
        start_work()
        events += [record(n)]
    synchronize(events[1])
    synchronize(events[3])
    at = np.array([elapsed_ms(events[0], event) for event in events]).reshape(2, 2)
    starts, ends = at.T
    return float(ends.max() - starts.min()), float(np.clip(ends.min() - starts.max(), 0, None))


def launch_share(fn, busy, record, synchronize, elapsed_ms, queue, calls):
    if calls < 1:
        raise ValueError(f"{calls} calls")

    def row():
        a = record(queue)
        for _ in np.arange(calls):
            fn()
        b = record(queue)
        synchronize(b)
        return elapsed_ms(a, b)

    fn()
    synchronize(record(queue))
    busy()
    rows = np.array([row(), row()])
    return float(1 - rows[0] / rows[1])
