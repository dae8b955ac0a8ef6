def time_training_step(forward, backward, zero_grad, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    for _ in range(warmup):
        zero_grad()
        forward()
        backward()
    forwards, steps = [], []
    for _ in range(repeats):
        zero_grad()
        start = _now(synchronize, clock)
        forward()
        forwards.append(_now(synchronize, clock) - start)
        backward()
        steps.append(_now(synchronize, clock) - start)
    return median(forwards), median(steps) - median(forwards)
