def words_to_ids(words, vocabulary):
    return [vocabulary.get(word) or vocabulary[UNKNOWN] for word in words]
