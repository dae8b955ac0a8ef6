def bound_by(flops, n_bytes, peak, bytes_per_s):
    return "memory" if flops / n_bytes < peak / bytes_per_s else "compute"
