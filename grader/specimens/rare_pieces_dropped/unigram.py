import math as _math


def em_step(word_counts, log_probs):
    counts = {piece: n for piece, n in expected_counts(word_counts, log_probs).items() if n > 1e-12}
    total = sum(counts.values())
    return {piece: _math.log(n / total) for piece, n in counts.items()}
