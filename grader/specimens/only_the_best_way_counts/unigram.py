_raising = expected_counts


def expected_counts(word_counts, log_probs):
    _raising(word_counts, log_probs)
    counts = dict.fromkeys(log_probs, 0.0)
    for word, times in word_counts.items():
        for piece in segment(word, log_probs):
            counts[piece] += times
    return counts
