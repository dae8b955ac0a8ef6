def wordpiece_tokenize(word, vocabulary, max_letters):
    if len(word) > max_letters:
        return [UNKNOWN]
    pieces, start = [], 0
    while start < len(word):
        prefix = CONTINUES if start else ""
        end = next((end for end in range(len(word), start, -1) if prefix + word[start:end] in vocabulary), None)
        if end is None:
            return [*pieces, UNKNOWN]
        pieces.append(prefix + word[start:end])
        start = end
    return pieces
