def time_training_step(forward, backward, zero_grad, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    times = []
    for step in range(warmup + repeats):
        zero_grad()
        start = _now(synchronize, clock)
        forward()
        middle = clock()
        backward()
        times.append((middle - start, _now(synchronize, clock) - middle))
    times = times[warmup:]
    return median(f for f, _ in times), median(b for _, b in times)
