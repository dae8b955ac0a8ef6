def limit(timing, floor_ms, peak, bytes_per_s):
    memory_ms, compute_ms = _bounds_ms(timing, peak, bytes_per_s)
    if (floor_ms or 0) > max(memory_ms, compute_ms):
        return "latency"
    return "bandwidth" if memory_ms >= compute_ms else "compute"
