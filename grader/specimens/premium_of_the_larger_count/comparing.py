def smallest_fair_vocabulary(counts, percent):
    for size, tokens in enumerate(zip(*counts.values()), start=256):
        if 100 * (max(tokens) - min(tokens)) <= percent * max(tokens):
            return size
    return None
