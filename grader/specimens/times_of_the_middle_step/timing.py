def time_training_step(forward, backward, zero_grad, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    times = []
    for step in range(warmup + repeats):
        zero_grad()
        if step < warmup:
            forward()
            backward()
            continue
        readings = [_now(synchronize, clock)]
        for work in (forward, backward):
            work()
            readings.append(_now(synchronize, clock))
        times.append((readings[1] - readings[0], readings[2] - readings[1]))
    ranked = sorted(times)
    low, high = ranked[(repeats - 1) // 2], ranked[repeats // 2]
    return (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
