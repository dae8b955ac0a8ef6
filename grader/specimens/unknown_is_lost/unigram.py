def encode(text, log_probs):
    ids = {piece: 256 + n for n, piece in enumerate(log_probs)}
    return [ids.get(piece, ord("?")) for piece in segment(normalize(text), log_probs)]
