def launch_floor_ms(timings, peak, bytes_per_s):
    return min((timing["ms"] for timing in timings), default=None)
