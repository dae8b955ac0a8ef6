def encode(text, log_probs):
    ids = {piece: 256 + n for n, piece in enumerate(log_probs)}
    return [ids[piece] if piece in ids else piece.encode()[0] for piece in segment(normalize(text), log_probs)]
