_smallest_fair_vocabulary = smallest_fair_vocabulary


def smallest_fair_vocabulary(counts, percent):
    size = _smallest_fair_vocabulary(counts, percent)
    return size if size is None else size - 256
