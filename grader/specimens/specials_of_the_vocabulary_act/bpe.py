_init = Tokenizer.__init__


def _with_all(self, vocab, merges, special_tokens=None):
    looks = [t.decode() for t in vocab.values() if t.startswith(b"<|") and t.endswith(b"|>") and len(t) > 4]
    given = list(special_tokens or [])
    made = {left + right for left, right in merges}
    _init(self, vocab, merges, given + [t for t in looks if t not in given and t.encode() not in made])


Tokenizer.__init__ = _with_all
