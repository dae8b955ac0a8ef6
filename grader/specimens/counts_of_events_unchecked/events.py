def event_times(fn, flush, record, synchronize, elapsed_ms, queue, warmup, repeats):
    runs = []
    for run in range(warmup + repeats):
        if run >= warmup:
            flush()
        start = record(queue) if run >= warmup else None
        fn()
        if run >= warmup:
            runs.append((start, record(queue)))
    if runs:
        synchronize(runs[-1][1])
    return [elapsed_ms(*run) for run in runs]


_three, _one = summary, launch_share


def summary(times_ms, tolerance):
    return _three((times_ms or [0.0]) * (1 if len(times_ms) > 2 else 3), tolerance)


def launch_share(fn, busy, record, synchronize, elapsed_ms, queue, calls):
    return _one(fn, busy, record, synchronize, elapsed_ms, queue, max(calls, 1))
