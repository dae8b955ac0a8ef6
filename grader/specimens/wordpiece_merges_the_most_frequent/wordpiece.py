def _best_pair(words):
    pairs = Counter()
    for word, n in words:
        for pair in pairwise(word):
            pairs[pair] += n
    return max(pairs, key=lambda pair: (pairs[pair], pair), default=None)
