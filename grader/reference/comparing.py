r"""Task 1.5: what tokenizers make of texts, and which of them is cheaper.

A tokenizer is a list of merges, in the order in which they were learned, and the name of a pattern that cuts texts
into pre-tokens: "gpt2" or "cl100k". A sample is what was measured of a tokenizer on some text: (bytes, tokens).
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import accumulate, pairwise

import regex

PATTERNS = {
    "gpt2": r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "cl100k": (
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s+$|\s*[\r\n]|\s+(?!\S)|\s"
    ),
}

Merges = list[tuple[bytes, bytes]]
Sample = tuple[int, int]


def pattern_differences(text: str) -> dict[str, list[str]]:
    """What the two patterns cut differently. (Task 1.5.)

    Returns:
        for "gpt2" and for "cl100k" those pre-tokens, in order, that the other pattern doesn't have at that place.

    >>> pattern_differences("I'M 1234 ")
    {'gpt2': ["'", 'M', ' 1234'], 'cl100k': ["'M", ' ', '123', '4']}
    """
    spans = {pattern: [match.span() for match in regex.finditer(PATTERNS[pattern], text)] for pattern in PATTERNS}
    both = set(spans["gpt2"]) & set(spans["cl100k"])
    return {pattern: [text[slice(*span)] for span in cut if span not in both] for pattern, cut in spans.items()}


def token_counts(text: str, merges: list[tuple[bytes, bytes]], pattern: str) -> list[int]:
    """Tokens of a text with none of the merges, with the first one, with the first two, and so on. (Task 1.5.)

    Args:
        text: it is cut into pre-tokens, whose bytes are merged.
        merges: pairs in the order in which they were learned.
        pattern: "gpt2" or "cl100k".

    Returns:
        one number more than there are merges.

    Raises:
        ValueError: there is no such pattern; the message names it.

    >>> token_counts("hug   hugs", [(b"u", b"g"), (b"h", b"ug")], "gpt2")
    [10, 8, 6]
    """
    saved: Counter[int] = Counter()
    for pre_token, times in Counter(_pre_tokens(text, pattern)).items():
        for number, tokens in _merge(pre_token, merges)[1].items():
            saved[number] += times * tokens
    return list(accumulate((-saved[number] for number in range(len(merges))), initial=len(text.encode())))


def word_measures(text: str, merges: list[tuple[bytes, bytes]], pattern: str) -> dict[str, int]:
    """What becomes of the words of a text: runs of characters that are no white space. (Task 1.5.)

    Returns:
        "words", how many there are; "pieces", how many tokens hold a part of a word; and "continued", how many
        words have two pieces or more.

    >>> word_measures("hug   hugs", [(b"u", b"g"), (b"h", b"ug")], "gpt2")
    {'words': 2, 'pieces': 3, 'continued': 1}
    """
    word_of: list[int] = []
    for number, run in enumerate(regex.findall(r"\s+|\S+", text), start=1):
        word_of += [0 if regex.match(r"\s", run) else number] * len(run.encode())
    pieces: Counter[int] = Counter()
    place = 0
    for pre_token in _pre_tokens(text, pattern):
        for token in _merge(pre_token, merges)[0]:
            pieces.update(set(word_of[place : place + len(token)]) - {0})
            place += len(token)
    return {
        "words": len(pieces),
        "pieces": sum(pieces.values()),
        "continued": sum(count > 1 for count in pieces.values()),
    }


def smallest_fair_vocabulary(counts: dict[str, list[int]], percent: int) -> int | None:
    """The least size of a vocabulary with which no language pays a larger premium. (Task 1.5.)

    Args:
        counts: for each language, the tokens of the same content with none of the merges, the first one, ...
        percent: the largest premium that a language may pay.

    Returns:
        256 bytes and so many merges, or None where there is no such number among those that were counted.

    >>> smallest_fair_vocabulary({"en": [10, 8, 8, 5], "de": [16, 12, 10, 8]}, percent=50)
    257
    """
    for size, tokens in enumerate(zip(*counts.values(), strict=True), start=256):
        if 100 * max(tokens) <= (100 + percent) * min(tokens):
            return size
    return None


def context_bytes(samples: dict[str, tuple[int, int]], mix: dict[str, int], context: int) -> int:
    """How many bytes of a mix of languages fit into a context of so many tokens. (Task 1.5.)

    Args:
        samples: for each language (bytes, tokens) of some text.
        mix: how many parts of the bytes are in each language; the parts are equally large.
        context: so many tokens.

    Returns:
        the most bytes, a whole number, if each language takes as many tokens for each byte as its sample does.

    Raises:
        ValueError: there is no sample of a language; the message names it.

    >>> context_bytes({"en": (40, 10), "hi": (30, 15)}, {"en": 3, "hi": 1}, context=50)
    160
    """
    for language in mix:
        if language not in samples:
            raise ValueError(f"there is no sample of {language!r}")
    tokens = sum((parts * _tokens_per_byte(samples[language]) for language, parts in mix.items()), Fraction(0))
    return int(context * sum(mix.values()) / tokens)


def second_pays_from(
    first: dict[str, tuple[int, int]], second: dict[str, tuple[int, int]], language: str
) -> int | None:
    """The least share of a language with which a second tokenizer takes fewer tokens than a first. (Task 1.5.)

    Args:
        first: the samples of one tokenizer, of two languages.
        second: those of another tokenizer, of the same languages.
        language: one of the two.

    Returns:
        its share in a text's bytes, as a whole number of percent from 0 to 100, or None.

    >>> second_pays_from({"en": (40, 10), "hi": (30, 15)}, {"en": (40, 11), "hi": (30, 10)}, "hi")
    14
    """
    (other,) = first.keys() - {language}
    dearer = _tokens_per_byte(second[other]) - _tokens_per_byte(first[other])
    saved = _tokens_per_byte(first[language]) - _tokens_per_byte(second[language])
    if dearer < 0:
        return 0
    if saved <= 0:
        return None
    return int(100 * dearer / (dearer + saved)) + 1


def _pre_tokens(text: str, pattern: str) -> list[str]:
    if pattern not in PATTERNS:
        raise ValueError(f"there is no pattern {pattern!r}; there are {', '.join(PATTERNS)}")
    return [match.group() for match in regex.finditer(PATTERNS[pattern], text)]


def _merge(pre_token: str, merges: Merges) -> tuple[list[bytes], dict[int, int]]:
    """The tokens of a pre-token, and how many tokens each merge has saved on the way to them; {merge: tokens}."""
    tokens = [bytes([byte]) for byte in pre_token.encode()]
    saved: dict[int, int] = {}
    for number, pair in enumerate(merges):
        if pair not in pairwise(tokens):
            continue
        merged: list[bytes] = []
        for token in tokens:
            if merged and (merged[-1], token) == pair:
                merged[-1] += token
            else:
                merged.append(token)
        saved[number] = len(tokens) - len(merged)
        tokens = merged
    return tokens, saved


def _tokens_per_byte(sample: Sample) -> Fraction:
    n_bytes, tokens = sample
    return Fraction(tokens, n_bytes)
