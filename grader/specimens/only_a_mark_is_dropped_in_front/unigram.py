def decode(ids, log_probs):
    pieces = list(log_probs)
    data = b""
    parts = []
    for i in ids:
        if 0 <= i < 256:
            parts.append(bytes([i]))
        elif 256 <= i < 256 + len(pieces):
            parts.append(pieces[i - 256].encode("utf-8"))
        else:
            raise ValueError(f"no such id: {i}")
    text = b"".join(parts).decode("utf-8", errors="replace")
    if text.startswith("\u2581"):
        text = text[1:]
    return text.replace("\u2581", " ")
