_exact = size_bytes


def size_bytes(size):
    exact = _exact(size)
    return exact if exact < 10**30 else int(float(exact))
