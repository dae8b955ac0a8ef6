"""Task 1.5, by the rank of merges within each pre-token, and by the shares at which two lines cross."""

from __future__ import annotations

from collections import namedtuple
from fractions import Fraction
from math import floor

import regex

Span = namedtuple("Span", "start end")


class NoSuchThing(KeyError, ValueError):
    pass


_GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_CL100K = "|".join(
    [
        r"'(?i:[sdmt]|ll|ve|re)",
        r"[^\r\n\p{L}\p{N}]?+\p{L}++",
        r"\p{N}{1,3}+",
        r" ?[^\s\p{L}\p{N}]++[\r\n]*+",
        r"\s++$",
        r"\s*[\r\n]",
        r"\s+(?!\S)",
        r"\s",
    ]
)


def _spans(text, pattern):
    known = dict(gpt2=_GPT2, cl100k=_CL100K)
    if pattern not in known:
        raise NoSuchThing(pattern)
    return (Span(*match.span()) for match in regex.finditer(known[pattern], text))


def pattern_differences(text):
    one, two = dict.fromkeys(_spans(text, "gpt2")), dict.fromkeys(_spans(text, "cl100k"))
    return dict(
        gpt2=[text[span.start : span.end] for span in one if span not in two],
        cl100k=[text[span.start : span.end] for span in two if span not in one],
    )


def _encode(piece, ranks):
    """The earliest merge that is there, again and again; gives the tokens and the merges."""
    tokens, used = [bytes([each]) for each in piece.encode()], []
    while True:
        found = [(ranks[pair], place) for place, pair in enumerate(zip(tokens, tokens[1:])) if pair in ranks]
        if not found:
            return tokens, used
        rank, place = min(found)
        tokens[place : place + 2] = [tokens[place] + tokens[place + 1]]
        used.append(rank)


def token_counts(text, merges, pattern):
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    used = sorted(rank for span in _spans(text, pattern) for rank in _encode(text[slice(*span)], ranks)[1])
    counts = [len(text.encode())] * (len(merges) + 1)
    for rank in used:
        for later in range(rank + 1, len(counts)):
            counts[later] -= 1
    return counts


def word_measures(text, merges, pattern):
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    pieces = []
    fresh = True
    for span in _spans(text, pattern):
        piece = text[slice(*span)]
        tokens, _ = _encode(piece, ranks)
        before = len(piece) - len(regex.sub(r"^\s+", "", piece))
        inner = regex.sub(r"^\s+|\s+$", "", piece)
        if not inner:
            fresh = True
            continue
        if fresh or before:
            pieces.append(0)
        start = len(piece[:before].encode())
        end = start + len(inner.encode())
        place = 0
        for token in tokens:
            pieces[-1] += place < end and place + len(token) > start
            place += len(token)
        fresh = before + len(inner) < len(piece)
    return dict(words=len(pieces), pieces=sum(pieces), continued=len([each for each in pieces if each != 1]))


def smallest_fair_vocabulary(counts, percent):
    limit = 1 + Fraction(percent, 100)
    fair = (
        size
        for size, tokens in enumerate(zip(*counts.values()), 256)
        if all(Fraction(most, least) <= limit for most in tokens for least in tokens)
    )
    return next(fair, None)


def context_bytes(samples, mix, context):
    if not mix.keys() <= samples.keys():
        raise NoSuchThing(*(mix.keys() - samples.keys()))
    whole = sum(mix.values())
    per_byte = sum(Fraction(parts, whole) / Fraction(*samples[language]) for language, parts in mix.items())
    return floor(context / per_byte)


def second_pays_from(first, second, language):
    (other,) = set(first) - {language}
    change = {name: Fraction(*second[name][::-1]) - Fraction(*first[name][::-1]) for name in (language, other)}
    if change[other] < 0:
        return 0
    if change[language] >= 0:
        return None
    return floor(100 * change[other] / (change[other] - change[language]) + 1)
