def encode(text, vocabulary):
    pieces = [p for word in basic_tokenize(text) for p in wordpiece_tokenize(word, vocabulary, 100_000)]
    return [vocabulary[piece] for piece in (CLASSIFY, *pieces, SEPARATE)]
