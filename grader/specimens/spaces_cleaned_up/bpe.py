_decode = Tokenizer.decode


def _cleaned(self, ids):
    text = _decode(self, ids)
    for mark in (".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re"):
        text = text.replace(" " + mark, mark)
    return text


Tokenizer.decode = _cleaned
