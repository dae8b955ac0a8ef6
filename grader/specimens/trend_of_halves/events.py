_by_thirds = summary


def summary(times_ms, tolerance):
    middle = _by_thirds(times_ms, tolerance)[0]
    half = len(times_ms) // 2
    first, last = median(times_ms[:half]), median(times_ms[half:])
    if last > first * (1 + tolerance):
        return middle, "slower"
    return middle, "faster" if last < first * (1 - tolerance) else "steady"
