def prune(log_probs, losses, size):
    if size < sum(len(piece) == 1 for piece in log_probs):
        raise ValueError(f"size={size} is too small")
    ranked = sorted(log_probs, key=lambda piece: (-losses.get(piece, 0.0), len(piece), piece))
    return {piece: score for piece, score in log_probs.items() if piece in ranked[:size]}
