def prune(log_probs, losses, size):
    room = size - sum(len(piece) == 1 for piece in log_probs)
    if room < 0:
        raise ValueError(f"size={size} is too small")
    ranked = sorted(losses, key=lambda piece: (-log_probs[piece], len(piece), piece))
    return {piece: score for piece, score in log_probs.items() if len(piece) == 1 or piece in ranked[:room]}
