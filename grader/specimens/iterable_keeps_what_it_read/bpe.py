_encode_iterable = Tokenizer.encode_iterable


def _keeping(self, strings):
    kept = []

    def noted():
        for string in strings:
            kept.append(string)
            yield string

    return _encode_iterable(self, noted())


Tokenizer.encode_iterable = _keeping
