_removal_losses = removal_losses


def removal_losses(word_counts, log_probs):
    return {piece: loss or 0 for piece, loss in _removal_losses(word_counts, log_probs).items()}
