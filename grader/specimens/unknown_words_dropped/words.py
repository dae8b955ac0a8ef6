def words_to_ids(words, vocabulary):
    return [vocabulary[word] for word in words if word in vocabulary]
