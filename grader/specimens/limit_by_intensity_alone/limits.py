_with_floor = limit


def limit(timing, floor_ms, peak, bytes_per_s):
    return _with_floor(timing, None, peak, bytes_per_s)
