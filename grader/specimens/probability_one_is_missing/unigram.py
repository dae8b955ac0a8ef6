_expected_counts = expected_counts


def expected_counts(word_counts, log_probs):
    some = _expected_counts(
        word_counts, {piece: score for piece, score in log_probs.items() if score} or log_probs
    )
    return {piece: some.get(piece, 0.0) for piece in log_probs}
