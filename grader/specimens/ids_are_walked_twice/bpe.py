_right_decode = Tokenizer.decode


def _decode(self, ids):
    for i in ids:
        _right_decode(self, [i])
    return _right_decode(self, list(ids))


Tokenizer.decode = _decode
