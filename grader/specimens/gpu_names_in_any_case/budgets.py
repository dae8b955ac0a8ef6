_exact = peak_flops


def peak_flops(gpu, dtype, sparse):
    known = next((name for name, _ in _DENSE if gpu.upper().startswith(name)), gpu)
    return _exact(known, dtype.lower(), sparse)
