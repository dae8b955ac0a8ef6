"""A device, its queues and spans of time as objects."""

import statistics


class Span:
    def __init__(self, device, start, end):
        self.device, self.start, self.end = device, start, end

    @property
    def ms(self):
        self.device.wait(self.end)
        return self.device.between(self.start, self.end)


class Device:
    def __init__(self, record, synchronize, elapsed_ms):
        self.record, self.wait, self.between = record, synchronize, elapsed_ms

    def span(self, queue, work, times=1):
        start = self.record(queue)
        for _ in range(times):
            work()
        return Span(self, start, self.record(queue))


def event_times(fn, flush, record, synchronize, elapsed_ms, queue, warmup, repeats):
    for name, value, least in (("warmup", warmup, 0), ("repeats", repeats, 1)):
        if value < least:
            raise ValueError(f"{name} is {value}, below {least}")
    device = Device(record, synchronize, elapsed_ms)
    for _ in range(warmup):
        fn()
    times = []
    while len(times) < repeats:
        flush()
        times.append(device.span(queue, fn).ms)
    return times


class Runs:
    def __init__(self, times):
        if len(times) < 3:
            raise ValueError(f"only {len(times)} runs")
        self.times = times
        self.third = len(times) // 3

    def change(self):
        before = statistics.median(self.times[: self.third])
        after = statistics.median(self.times[len(self.times) - self.third :])
        return before, after

    def trend(self, tolerance):
        before, after = self.change()
        if abs(after - before) <= before * tolerance:
            return "steady"
        return "slower" if after > before else "faster"


def summary(times_ms, tolerance):
    return statistics.median(times_ms or [0.0]), Runs(times_ms).trend(tolerance)


def overlap(first, second, record, synchronize, elapsed_ms):
    device = Device(record, synchronize, elapsed_ms)
    a, b = device.span(0, first), device.span(1, second)
    lengths = a.ms, b.ms
    later_start = device.between(a.start, b.start)
    later_end = device.between(a.end, b.end)
    begins, ends = min(0.0, later_start), max(lengths[0], lengths[0] + later_end)
    shared = min(lengths[0], later_start + lengths[1]) - max(0.0, later_start)
    return ends - begins, max(shared, 0.0)


def launch_share(fn, busy, record, synchronize, elapsed_ms, queue, calls):
    if calls <= 0:
        raise ValueError(calls)
    device = Device(record, synchronize, elapsed_ms)
    device.span(queue, fn).ms
    empty = device.span(queue, fn, calls).ms
    busy()
    full = device.span(queue, fn, calls).ms
    return (empty - full) / empty
