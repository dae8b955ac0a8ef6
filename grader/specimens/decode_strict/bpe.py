def _decode(self, ids):
    return b"".join([self._vocab[identifier] for identifier in ids]).decode("utf-8")


Tokenizer.decode = _decode
