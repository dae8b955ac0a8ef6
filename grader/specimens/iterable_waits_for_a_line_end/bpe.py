import re


def _encode_iterable(self, strings):
    held = ""
    for string in strings:
        held += string
        ends = [match.end() for match in re.finditer(r"\n(?=\S)", held)]
        if ends and not self._specials:
            yield from self.encode(held[: ends[-1]])
            held = held[ends[-1] :]
        elif ends and not any("\n" in special for special in self._specials):
            yield from self.encode(held[: ends[0]])
            held = held[ends[0] :]
    yield from self.encode(held)


Tokenizer.encode_iterable = _encode_iterable
