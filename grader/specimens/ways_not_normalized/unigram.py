_shares = expected_counts


def expected_counts(word_counts, log_probs):
    counts = dict.fromkeys(log_probs, 0.0)
    for word, times in word_counts.items():
        forward = [1.0] + [0.0] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(end):
                forward[end] += forward[start] * math.exp(log_probs.get(word[start:end], -math.inf))
        for piece, share in _shares({word: times}, log_probs).items():
            counts[piece] += share * forward[-1]
    return counts
