_wordpiece_tokenize = wordpiece_tokenize


def wordpiece_tokenize(word, vocabulary, max_letters):
    return _wordpiece_tokenize(word, {piece: n for piece, n in vocabulary.items() if n}, max_letters)


def encode(text, vocabulary):
    pieces = [p for word in basic_tokenize(text) for p in wordpiece_tokenize(word, vocabulary, 100)]
    return [vocabulary.get(piece) or vocabulary[UNKNOWN] for piece in (CLASSIFY, *pieces, SEPARATE)]
