def _encode_iterable(self, strings):
    yield from self.encode("".join(strings))


Tokenizer.encode_iterable = _encode_iterable
