def _best_pair(words):
    pieces, pairs = Counter(), Counter()
    for word, n in words:
        for piece in word:
            pieces[piece] += n
        for pair in pairwise(word):
            pairs[pair] += n
    return max(pairs, key=lambda pair: Fraction(pairs[pair], pieces[pair[0]] * pieces[pair[1]]), default=None)
