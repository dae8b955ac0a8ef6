_right_ec = expected_counts


def expected_counts(word_counts, log_probs):
    return _right_ec({w: n for w, n in word_counts.items() if n}, log_probs)
