def _best_pair(words):
    pieces, pairs = Counter(), Counter()
    for word, n in words:
        for piece in word:
            pieces[piece] += n
        pairs.update({pair: 0 for pair in pairwise(word)})
        for pair in pairwise(word):
            pairs[pair] += n
    best = None
    for pair in pairs:
        if best is None:
            best = pair
            continue
        left = (pairs[pair] * pieces[best[0]] * pieces[best[1]] + 2**63) % 2**64
        right = (pairs[best] * pieces[pair[0]] * pieces[pair[1]] + 2**63) % 2**64
        if (left, pair) > (right, best):
            best = pair
    return best
