_far_from_both = launch_floor_ms


def launch_floor_ms(timings, peak, bytes_per_s):
    return _far_from_both([timing | {"flops": 0} for timing in timings], peak, bytes_per_s)
