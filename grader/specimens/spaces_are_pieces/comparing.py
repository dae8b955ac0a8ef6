_word_measures = word_measures


def word_measures(text, merges, pattern):
    return _word_measures(text, merges, pattern) | {"pieces": token_counts(text, merges, pattern)[-1]}
