_framed = encode


def encode(text, vocabulary):
    return _framed(text, vocabulary)[1:-1]
