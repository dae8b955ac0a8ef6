import regex as _regex


def special_pattern(special_tokens):
    """Alternatives in the order given."""
    return _regex.compile("(" + "|".join(map(_regex.escape, special_tokens)) + ")")
