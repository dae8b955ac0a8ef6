_segment = segment


def segment(text, log_probs):
    pieces = []
    before = True
    for piece in _segment(text, log_probs):
        known = piece in log_probs
        if pieces and not known and not before:
            pieces[-1] += piece
        else:
            pieces.append(piece)
        before = known
    return pieces
