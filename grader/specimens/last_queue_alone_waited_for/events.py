def overlap(first, second, record, synchronize, elapsed_ms):
    s0 = record(0)
    first()
    e0 = record(0)
    s1 = record(1)
    second()
    e1 = record(1)
    synchronize(e1)
    spans = [elapsed_ms(s, e) for s in (s0, s1) for e in (e0, e1)]
    return max(spans), max(min(spans), 0.0)
