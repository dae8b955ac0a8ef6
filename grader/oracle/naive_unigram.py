"""Unigram by listing every way to cut a text: for strings of a dozen characters. (Task 1.4.)"""

from __future__ import annotations

import math
from collections.abc import Iterator


def ways(text: str, pieces: frozenset[str]) -> Iterator[list[str]]:
    """Every way to cut a text into pieces.

    >>> list(ways("aab", frozenset({"a", "b", "ab"})))
    [['a', 'a', 'b'], ['a', 'ab']]
    """
    if not text:
        yield []
    for end in range(1, len(text) + 1):
        if text[:end] in pieces:
            for rest in ways(text[end:], pieces):
                yield [text[:end], *rest]


def score(way: list[str], log_probs: dict[str, float]) -> float:
    """The sum of the pieces' scores, unknown characters 10 below the lowest.

    >>> score(["a", "?"], {"a": -1.0})
    -12.0
    """
    unknown = min(log_probs.values()) - 10
    return math.fsum(log_probs.get(piece, unknown) for piece in way)


def best_score(text: str, log_probs: dict[str, float]) -> float:
    """The best score of any way."""
    return max(score(way, log_probs) for way in ways(text, frozenset([*log_probs, *text])))


def expected_counts(words: dict[str, int], log_probs: dict[str, float]) -> dict[str, float]:
    """The expected count of each piece, as the sum over all ways of all words.

    >>> expected_counts({"a": 3}, {"a": -1.0, "b": -1.0})
    {'a': 3.0, 'b': 0.0}
    """
    counts = dict.fromkeys(log_probs, 0.0)
    for word, times in words.items():
        all_ways = [(way, math.exp(score(way, log_probs))) for way in ways(word, frozenset(log_probs))]
        total = math.fsum(probability for _, probability in all_ways)
        for way, probability in all_ways:
            for piece in way:
                counts[piece] += times * probability / total
    return counts


def log_likelihood(words: dict[str, int], log_probs: dict[str, float]) -> float:
    """The logarithm of the probability of all words, each over all its ways."""
    pieces = frozenset(log_probs)
    return math.fsum(
        times * math.log(math.fsum(math.exp(score(way, log_probs)) for way in ways(word, pieces)))
        for word, times in words.items()
    )


def removal_losses(words: dict[str, int], log_probs: dict[str, float]) -> dict[str, float]:
    """What the best scores of all words lose without each longer piece."""

    def total(kept: dict[str, float]) -> float:
        pieces = frozenset(kept)
        return math.fsum(
            times * max(score(way, kept) for way in ways(word, pieces)) for word, times in words.items()
        )

    everything = total(log_probs)
    return {
        piece: everything - total({p: s for p, s in log_probs.items() if p != piece})
        for piece in log_probs
        if len(piece) > 1
    }


def greedy_longest(text: str, log_probs: dict[str, float]) -> list[str]:
    """What taking the longest piece at each place gives instead: a planted mistake, no oracle.

    >>> greedy_longest("hugs", {"hug": -1.0, "s": -1.0, "hu": -1.0, "gs": -1.0})
    ['hug', 's']
    """
    pieces: list[str] = []
    while text:
        end = next(end for end in range(len(text), 0, -1) if end == 1 or text[:end] in log_probs)
        pieces.append(text[:end])
        text = text[end:]
    return pieces


def viterbi_counts(words: dict[str, int], log_probs: dict[str, float]) -> dict[str, float]:
    """What counting only the best way of each word gives instead: a planted mistake, no oracle."""
    counts = dict.fromkeys(log_probs, 0.0)
    for word, times in words.items():
        for piece in max(ways(word, frozenset(log_probs)), key=lambda way: score(way, log_probs)):
            counts[piece] += times
    return counts
