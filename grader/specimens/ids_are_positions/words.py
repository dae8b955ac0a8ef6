def ids_to_words(ids, vocabulary):
    words = sorted(vocabulary, key=vocabulary.get)
    out = []
    for i in ids:
        if not 0 <= i < len(words):
            raise ValueError(f"no such id: {i}")
        out.append(words[i])
    return out
