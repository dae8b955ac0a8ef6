import regex as _rx

_PAT = _rx.compile(r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")


def _safe_cut(text, specials, at_once):
    """Up to where later text can't change anything."""
    hold = len(text)
    longest = max(map(len, specials), default=0)
    for k in range(max(0, len(text) - longest + 1), len(text)):
        tail = text[k:]
        if any(s.startswith(tail) and len(s) > len(tail) for s in specials):
            if at_once and tail in specials:
                continue
            hold = k
            break
    start = 0
    if specials:
        pattern = "|".join(_rx.escape(s) for s in sorted(specials, key=len, reverse=True))
        for m in _rx.finditer(pattern, text):
            if m.start() >= hold:
                break
            if m.end() > hold:
                hold = m.start()
                break
            start = m.end()
    spans = [m.span() for m in _PAT.finditer(text[:hold], start)]
    if not spans:
        return hold
    if len(spans) > 1 and text[slice(*spans[-2])] == "'" and text[slice(*spans[-1])] in ("l", "v", "r"):
        return spans[-2][0]
    return spans[-1][0]


_right_init = Tokenizer.__init__


def _init(self, vocab, merges, special_tokens=None):
    _right_init(self, vocab, merges, special_tokens)
    self._specials_given = list(special_tokens or [])


Tokenizer.__init__ = _init


def _iter(self, strings):
    kept, buffer = [], ""
    for s in strings:
        kept.append(s)
        buffer += s
        cut = _safe_cut(buffer, self._specials_given, False)
        yield from self.encode(buffer[:cut])
        buffer = buffer[cut:]
    yield from self.encode(buffer)


Tokenizer.encode_iterable = _iter
