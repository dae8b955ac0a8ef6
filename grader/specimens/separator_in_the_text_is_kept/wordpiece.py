def encode(text, vocabulary):
    ids = [vocabulary[CLASSIFY]]
    for n, part in enumerate(text.split(SEPARATE)):
        ids += [vocabulary[SEPARATE]] * (n > 0)
        ids += [vocabulary[p] for word in basic_tokenize(part) for p in wordpiece_tokenize(word, vocabulary, 100)]
    return [*ids, vocabulary[SEPARATE]]
