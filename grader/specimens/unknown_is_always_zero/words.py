def words_to_ids(words, vocabulary):
    """Unknown words are 0."""
    return [vocabulary.get(word, 0) for word in words]
