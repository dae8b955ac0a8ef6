def bound_by(flops: int, n_bytes: int, peak: int, bytes_per_s: int) -> str:
    ridge = peak // bytes_per_s
    return "memory" if flops < ridge * n_bytes else "compute"
