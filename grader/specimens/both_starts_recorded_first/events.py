def overlap(first, second, record, synchronize, elapsed_ms):
    s0, s1 = record(0), record(1)
    first()
    second()
    e0, e1 = record(0), record(1)
    synchronize(e0)
    synchronize(e1)
    spans = [elapsed_ms(s, e) for s in (s0, s1) for e in (e0, e1)]
    return max(spans), max(min(spans), 0.0)
