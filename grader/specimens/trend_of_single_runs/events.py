_by_thirds = summary


def summary(times_ms, tolerance):
    middle = _by_thirds(times_ms, tolerance)[0]
    first, last = times_ms[0], times_ms[-1]
    if last > first * (1 + tolerance):
        return middle, "slower"
    return middle, "faster" if last < first * (1 - tolerance) else "steady"
