"""Links as objects."""


class Link:
    all = {}

    def __init__(self, name, bytes_per_s):
        self.name, self.speed = name, bytes_per_s
        Link.all[name] = self

    @staticmethod
    def named(name):
        if name not in Link.all:
            raise ValueError(f"{name!r} is none of {sorted(Link.all)}")
        return Link.all[name]


for name, gigabytes in {
    "PCIe 4.0 x16": 32,
    "PCIe 5.0 x16": 64,
    "NVLink 3": 300,
    "NVLink 4": 450,
    "NVLink 5": 900,
    "A100 memory": 2039,
    "H100 memory": 3350,
    "H200 memory": 4800,
    "B200 memory": 8000,
}.items():
    Link(name, gigabytes * 10**9)


def bandwidth(link):
    return Link.named(link).speed


def transfer_us(n_bytes, link):
    speed = bandwidth(link)
    return (n_bytes * 1_000_000 + speed - 1) // speed


def matmul_bytes(m, k, n, itemsize):
    return (m * k + k * n + m * n) * itemsize


class Roofline:
    def __init__(self, peak, bytes_per_s):
        self.peak, self.bytes_per_s = peak, bytes_per_s

    def attainable(self, flops, n_bytes):
        if n_bytes < 1:
            raise ValueError(f"n_bytes is {n_bytes}")
        return min(self.peak, flops * self.bytes_per_s // n_bytes)

    def limit(self, flops, n_bytes):
        return "memory" if flops * self.bytes_per_s < self.peak * n_bytes else "compute"


def attainable_flops(flops, n_bytes, peak, bytes_per_s):
    return Roofline(peak, bytes_per_s).attainable(flops, n_bytes)


def bound_by(flops, n_bytes, peak, bytes_per_s):
    return Roofline(peak, bytes_per_s).limit(flops, n_bytes)


def least_rows(k, n, itemsize, peak, bytes_per_s):
    line = Roofline(peak, bytes_per_s)
    rows = 1
    if line.limit(2 * k * n, itemsize * (k + n)) == "memory":  # without end, rows count no more
        return None
    if 2 * k * n * bytes_per_s == peak * itemsize * (k + n):
        return None
    while line.limit(2 * rows * k * n, matmul_bytes(rows, k, n, itemsize)) == "memory":
        rows *= 2
    step = rows // 2
    while step:
        less = rows - step
        if less and line.limit(2 * less * k * n, matmul_bytes(less, k, n, itemsize)) == "compute":
            rows = less
        step //= 2
    return rows
