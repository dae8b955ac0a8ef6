_speedup, _share = step_speedup, quantizing_share


def _named(rows, gpu):
    return [row | {"gpu": gpu} for row in rows if gpu in row["gpu"]]


def step_speedup(rows, gpu, precision):
    return _speedup(_named(rows, gpu), gpu, precision)


def quantizing_share(rows, gpu, precision):
    return _share(_named(rows, gpu), gpu, precision)
