from itertools import takewhile

_encode_iterable = Tokenizer.encode_iterable


def _until_empty(self, strings):
    yield from _encode_iterable(self, takewhile(bool, strings))


Tokenizer.encode_iterable = _until_empty
