def time_training_step(forward, backward, zero_grad, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    for _ in range(warmup):
        forward()
        backward()
    times = []
    for _ in range(repeats):
        zero_grad()
        readings = [_now(synchronize, clock)]
        for work in (forward, backward):
            work()
            readings.append(_now(synchronize, clock))
        times.append((readings[1] - readings[0], readings[2] - readings[1]))
    return median(there for there, _ in times), median(back for _, back in times)
