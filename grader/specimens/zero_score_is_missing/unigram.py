_segment = segment


def segment(text, log_probs):
    return _segment(text, {piece: score for piece, score in log_probs.items() if score} or log_probs)
