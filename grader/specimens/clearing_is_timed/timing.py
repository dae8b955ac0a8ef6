def time_training_step(forward, backward, zero_grad, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    times = []
    for step in range(warmup + repeats):
        start = _now(synchronize, clock)
        zero_grad()
        forward()
        middle = _now(synchronize, clock)
        backward()
        times.append((middle - start, _now(synchronize, clock) - middle))
    times = times[warmup:]
    return median(f for f, _ in times), median(b for _, b in times)
