_peak_flops = peak_flops


def peak_flops(gpu, dtype, sparse):
    """Always with sparsity, but for fp32."""
    exact = _peak_flops(gpu, dtype, sparse)
    return exact if dtype == "fp32" else _peak_flops(gpu, dtype, True)
