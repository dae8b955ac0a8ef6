def segment(text, log_probs):
    pieces = []
    while text:
        end = next(end for end in range(len(text), 0, -1) if end == 1 or text[:end] in log_probs)
        pieces.append(text[:end])
        text = text[end:]
    return pieces
