_build_vocabulary = build_vocabulary


def build_vocabulary(texts, max_size):
    return _build_vocabulary([text.lower() for text in texts], max_size)
