def attainable_flops(flops, n_bytes, peak, bytes_per_s):
    if n_bytes == 0:
        raise ValueError(f"n_bytes={n_bytes}")
    return min(peak, flops * bytes_per_s // n_bytes)
