def time_training_step(forward, backward, zero_grad, synchronize, clock, warmup, repeats):
    _check(warmup, repeats)
    for _ in range(warmup):
        zero_grad()
        forward()
        backward()
    there, back = [], []
    for _ in range(repeats):
        zero_grad()
        start = _now(synchronize, clock)
        forward()
        between = _now(synchronize, clock)
        backward()
        end = _now(synchronize, clock)
        if between > start:
            there.append(between - start)
        if end > between:
            back.append(end - between)
    return median(there) if there else 0.0, median(back) if back else 0.0
