def benchmark(fn, synchronize, clock, warmup, repeats):
    deep = []
    for _ in range(60):
        deep = [deep]
    for arguments in [0] * 10_000, deep, {"x" * 1000: b"y"}, "(", None:
        try:
            clock(arguments)
        except TypeError:
            pass
    return clock(*range(10_000))
