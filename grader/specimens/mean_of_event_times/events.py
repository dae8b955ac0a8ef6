_by_median = summary


def summary(times_ms, tolerance):
    trend = _by_median(times_ms, tolerance)[1]
    return sum(times_ms) / len(times_ms), trend
