"""Functions that call themselves: a word is merged by the first merge, and then by the others."""

import regex

CUTS = {
    "gpt2": r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "cl100k": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s+$|\s*[\r\n]|\s+(?!\S)|\s",
}


def pattern_differences(text):
    def apart(mine, theirs, place=0, other=0):
        if not mine:
            return []
        if theirs and other < place:
            return apart(mine, theirs[1:], place, other + len(theirs[0]))
        same = bool(theirs) and other == place and mine[0] == theirs[0]
        return ([] if same else mine[:1]) + apart(mine[1:], theirs, place + len(mine[0]), other)

    one, two = (regex.findall(CUTS[name], text) for name in ("gpt2", "cl100k"))
    return {"cl100k": apart(two, one), "gpt2": apart(one, two)}


def _join(tokens, left, right, start=0):
    """The token list, with each such pair from a place on replaced."""
    try:
        at = tokens.index(left, start)
    except ValueError:
        return tokens
    if tokens[at + 1 : at + 2] == [right]:
        tokens = tokens[:at] + [left + right] + tokens[at + 2 :]
    return _join(tokens, left, right, at + 1)


def _encoded(text, merges, pattern):
    """Pre-tokens as lists of tokens, after each number of merges."""
    rows = [[bytes([each]) for each in piece.encode()] for piece in regex.findall(CUTS[pattern], text)]
    return [rows, *_onward(rows, merges)]


def _onward(rows, merges):
    if not merges:
        return []
    rows = [_join(row, *merges[0]) for row in rows]
    return [rows, *_onward(rows, merges[1:])]


def token_counts(text, merges, pattern):
    return [sum(map(len, rows)) for rows in _encoded(text, merges, pattern)]


def word_measures(text, merges, pattern):
    def pieces(tokens, word, place, end):
        if not tokens:
            return 0
        after = place + len(tokens[0])
        return (after > word and place < end) + pieces(tokens[1:], word, after, end)

    rows = _encoded(text, merges, pattern)[-1]
    counts = {}
    place = 0
    words = [tuple(len(text[:at].encode()) for at in match.span()) for match in regex.finditer(r"\S+", text)]
    for row in rows:
        size = sum(map(len, row))
        for start, end in words:
            if start < place + size and end > place:
                counts[start] = counts.get(start, 0) + pieces(row, start, place, end)
        place += size
    found = list(counts.values())
    return {"continued": sum(each > 1 for each in found), "pieces": sum(found), "words": len(words)}


def smallest_fair_vocabulary(counts, percent, size=256):
    if not all(counts.values()):
        return None
    tokens = [row[0] for row in counts.values()]
    if max(tokens) * 100 <= min(tokens) * (percent + 100):
        return size
    return smallest_fair_vocabulary({name: row[1:] for name, row in counts.items()}, percent, size + 1)


def context_bytes(samples, mix, context):
    def added(languages):
        """Tokens as a quotient."""
        if not languages:
            return 0, 1
        (upper, lower), (n_bytes, tokens) = added(languages[1:]), samples[languages[0]]
        return upper * n_bytes + mix[languages[0]] * tokens * lower, lower * n_bytes

    upper, lower = added(list(mix))
    return context * sum(mix.values()) * lower // upper


def second_pays_from(first, second, language):
    (other,) = [name for name in first if name != language]

    def tokens(samples, share):
        (one, made), (two, made_too) = samples[language], samples[other]
        return share * made * two + (100 - share) * made_too * one, one * two

    def search(share):
        if share > 100:
            return None
        (a, b), (c, d) = tokens(first, share), tokens(second, share)
        return share if c * b < a * d else search(share + 1)

    return search(0)
