def _forever(self, strings):
    while True:
        yield 97


Tokenizer.encode_iterable = _forever
