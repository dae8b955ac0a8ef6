def smallest_fair_vocabulary(counts, percent):
    rows = list(zip(*counts.values()))
    size = 256 + len(rows)
    while rows and 100 * max(rows[-1]) <= (100 + percent) * min(rows.pop()):
        size -= 1
    return size if size < 256 + len(next(iter(counts.values()))) else None
