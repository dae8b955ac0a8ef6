def attainable_flops(flops, n_bytes, peak, bytes_per_s):
    if n_bytes < 1:
        raise ValueError(f"n_bytes={n_bytes} is below 1")
    return min(peak, flops // n_bytes * bytes_per_s)
