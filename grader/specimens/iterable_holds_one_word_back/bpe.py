from itertools import islice


def _encode_iterable(self, strings):
    strings, held = iter(strings), ""
    while block := list(islice(strings, 64)):
        held += "".join(block)
        pieces = list(self._split(held))
        longest = max(map(len, self._specials), default=0)
        keep = len(pieces) - 1
        while keep > 0 and sum(len(word) for _, word in pieces[keep:]) < longest:
            keep -= 1
        for special, word in pieces[:keep]:
            yield from self._encode_piece(special, word)
        held = "".join(word for _, word in pieces[keep:])
    yield from self.encode(held)


Tokenizer.encode_iterable = _encode_iterable
