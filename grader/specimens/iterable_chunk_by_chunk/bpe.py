def _encode_iterable(self, strings):
    for string in strings:
        yield from self.encode(string)


Tokenizer.encode_iterable = _encode_iterable
