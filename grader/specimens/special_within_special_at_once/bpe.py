_is_settled = Tokenizer._is_settled


def _settled_by_a_special(self, end, text, special):
    given = sorted(self._specials, key=len, reverse=True)
    met = next((s for s in given if (text.endswith(s, 0, end) if special else text.startswith(s, end))), None)
    final = met is not None and not any(s != met and s.startswith(met) for s in given)
    return final or _is_settled(self, end, text, special)


Tokenizer._is_settled = _settled_by_a_special
