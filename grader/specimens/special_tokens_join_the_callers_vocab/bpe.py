_right_init = Tokenizer.__init__


def _init(self, vocab, merges, special_tokens=None):
    _right_init(self, vocab, merges, special_tokens)
    known = set(vocab.values())
    for token in special_tokens or []:
        if token.encode("utf-8") not in known:
            vocab[max(vocab, default=-1) + 1] = token.encode("utf-8")


Tokenizer.__init__ = _init
