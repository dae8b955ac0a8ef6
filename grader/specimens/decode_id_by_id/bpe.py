def _decode(self, ids):
    return "".join(self._vocab[identifier].decode("utf-8", errors="replace") for identifier in ids)


Tokenizer.decode = _decode
