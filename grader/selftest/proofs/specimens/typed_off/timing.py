"""What the chapter prints, typed off: the table of a step."""

from statistics import median


def time_training_step(forward, backward, zero_grad, synchronize, clock, warmup, repeats):
    for _ in range(warmup):
        zero_grad()
        forward()
        backward()
    times = []
    for _ in range(repeats):
        zero_grad()
        synchronize()
        t0 = clock()
        forward()
        synchronize()
        t1 = clock()
        backward()
        synchronize()
        times.append((t1 - t0, clock() - t1))
    return median([each[0] for each in times]), median([each[1] for each in times])
