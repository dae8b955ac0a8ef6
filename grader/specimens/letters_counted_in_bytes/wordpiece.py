_wordpiece_tokenize = wordpiece_tokenize


def wordpiece_tokenize(word, vocabulary, max_letters):
    return [UNKNOWN] if len(word.encode()) > max_letters else _wordpiece_tokenize(word, vocabulary, max_letters)
