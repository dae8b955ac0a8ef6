_is_settled = Tokenizer._is_settled


def _settled_if_special(self, end, text, special):
    return special or _is_settled(self, end, text, special)


Tokenizer._is_settled = _settled_if_special
