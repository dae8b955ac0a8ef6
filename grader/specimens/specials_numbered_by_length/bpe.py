_init = Tokenizer.__init__


def _numbered(self, vocab, merges, special_tokens=None):
    vocab = dict(vocab)
    for token in special_tokens or []:
        if token.encode() not in vocab.values():
            vocab[len(vocab)] = token.encode()
    _init(self, vocab, merges, special_tokens)


Tokenizer.__init__ = _numbered
