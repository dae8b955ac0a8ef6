_by_floor = limit


def limit(timing, floor_ms, peak, bytes_per_s):
    return _by_floor(timing, timing["ms"], peak, bytes_per_s)
