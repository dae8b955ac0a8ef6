_weighted = removal_losses


def removal_losses(word_counts, log_probs):
    return _weighted(dict.fromkeys(word_counts, 1), log_probs)
