def bound_by(flops, n_bytes, peak, bytes_per_s):
    return "memory" if flops * bytes_per_s <= peak * n_bytes else "compute"
