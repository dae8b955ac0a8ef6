def benchmark(fn, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    for _ in range(warmup):
        fn()
    taken = []
    for _ in range(repeats):
        start = _now(synchronize, clock)
        fn()
        taken.append(_now(synchronize, clock) - start)
    if len(taken) < 10:
        return median(taken)
    ranked = sorted(taken)
    low, high = ranked[len(ranked) // 4], ranked[3 * len(ranked) // 4]
    room = 1.5 * (high - low)
    return median(s for s in ranked if low - room <= s <= high + room)
