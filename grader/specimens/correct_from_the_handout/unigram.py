"""Task 1.4: SentencePiece's normalization, and its Unigram model."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from fractions import Fraction
from math import exp, floor, frexp, fsum, ldexp, log


_Edge = tuple[int, int, str]  # end, start and piece


class _Lattice:
    """Where the pieces of a vocabulary are in a text."""

    def __init__(self, log_probs: dict[str, float]) -> None:
        self._pieces = log_probs
        self._lengths = sorted({len(piece) for piece in log_probs})

    def edges(self, text: str) -> list[_Edge]:
        """All places of all pieces, in order of their ends."""
        return [
            (end, end - length, piece)
            for end in range(1, len(text) + 1)
            for length in self._lengths
            if length <= end and (piece := text[end - length : end]) in self._pieces
        ]


class _Viterbi:
    """Best ways. A score is a whole number of units, a power of two that makes all scores whole: so sums are exact."""

    def __init__(self, log_probs: dict[str, float]) -> None:
        self._lattice = _Lattice(log_probs)
        self._known = log_probs
        exact = {piece: Fraction(score) for piece, score in log_probs.items()}
        self._units = max(score.denominator for score in exact.values())
        self._scores = {piece: int(score * self._units) for piece, score in exact.items()}
        self._unknown = min(self._scores.values()) - 10 * self._units

    def edges(self, text: str) -> list[_Edge]:
        unknown = [(end, end - 1, c) for end, c in enumerate(text, 1) if c not in self._known]
        return sorted(self._lattice.edges(text) + unknown)

    def best(
        self, text: str, edges: list[_Edge] | None = None, without: str | None = None
    ) -> tuple[int, list[str]]:
        scores: list[int | None] = [0] + [None] * len(text)
        last: list[str] = [""] * len(scores)
        for end, start, piece in self.edges(text) if edges is None else edges:
            ahead, now = scores[start], scores[end]
            if ahead is None or piece == without:
                continue
            score = ahead + self._scores.get(piece, self._unknown)
            if now is None or score > now:
                scores[end], last[end] = score, piece
        pieces, end = [], len(text)
        while end:
            pieces.append(last[end])
            end -= len(last[end])
        return scores[-1], pieces[::-1]

    def as_float(self, score: int) -> float:
        return float(Fraction(score, self._units))


# A positive number of any size is a float from 0.5 to 1 and a power of two: (0.75, -5000) is 0.75 * 2**-5000.
_Number = tuple[float, int]


def _power(score: float) -> _Number:
    """exp(score)"""
    exponent = floor(score / log(2))
    mantissa, shift = frexp(exp(score - exponent * log(2)))
    return mantissa, exponent + shift


def _sums(size: int, edges: Iterable[tuple[int, int, _Number]]) -> list[_Number]:
    """For each place from 0 to size, the sum over all ways to get there of the products of their weights."""
    sums: list[_Number] = [(1.0, 0)] + [(0.0, 0)] * size
    for start, end, (mantissa, exponent) in edges:
        if not sums[start][0]:
            continue
        mantissa *= sums[start][0]
        exponent += sums[start][1]
        sofar, scale = sums[end]
        if sofar:
            top = max(exponent, scale)
            mantissa = ldexp(mantissa, exponent - top) + ldexp(sofar, scale - top)
            exponent = top
        mantissa, shift = frexp(mantissa)
        sums[end] = mantissa, exponent + shift
    return sums


def normalize(text: str) -> str:
    r"""A text as SentencePiece reads it: NFKC, each space as U+2581, and one more of these in front. (Task 1.4.)

    An empty text stays empty. Only U+0020 is a space here; NFKC makes one of many others.

    Source: Kudo and Richardson 2018, "SentencePiece".

    >>> normalize("\uff28i \u2460")
    '▁Hi▁1'
    """
    return ("▁" + unicodedata.normalize("NFKC", text).replace(" ", "▁")) if text else ""


def segment(text: str, log_probs: dict[str, float]) -> list[str]:
    """The most probable way to cut a text into pieces, by Viterbi's algorithm. (Task 1.4.)

    A way's score is the sum of its pieces' scores. A character that is not a piece of the vocabulary is one by
    itself, with a score of 10 below the lowest of the vocabulary. Of equally good ways, any will do.

    Args:
        text: taken as it is; joined, the pieces give it back.
        log_probs: pieces and the natural logarithms of their probabilities; at least one.

    Source: Kudo 2018, "Subword Regularization".

    >>> from math import log
    >>> segment("hugs", {"hug": log(0.1), "s": log(0.1), "hu": log(0.2), "gs": log(0.1)})
    ['hu', 'gs']
    """
    return _Viterbi(log_probs).best(text)[1]


def expected_counts(word_counts: dict[str, int], log_probs: dict[str, float]) -> dict[str, float]:
    """How often each piece is expected to occur in some words, over all ways to cut them. (Task 1.4.)

    A way's probability is the product of its pieces' probabilities, divided by the sum over all ways of the
    word. The forward-backward algorithm gives the expectation without listing the ways.

    Args:
        word_counts: words and how often each occurs.
        log_probs: as in `segment`; only its pieces are used, no unknown characters.

    Returns:
        the expected count of every piece of log_probs, 0.0 for one that does not occur.

    Raises:
        ValueError: a word can't be cut into pieces; the message names it.

    >>> from math import log
    >>> counts = expected_counts({"ab": 10}, {"a": log(0.5), "b": log(0.25), "ab": log(0.25)})
    >>> {piece: round(count, 9) for piece, count in counts.items()}  # 0.125 against 0.25
    {'a': 3.333333333, 'b': 3.333333333, 'ab': 6.666666667}
    """
    weights = {piece: _power(score) for piece, score in log_probs.items()}
    lattice = _Lattice(log_probs)
    totals = dict.fromkeys(log_probs, 0.0)
    for word, times in word_counts.items():
        ways = lattice.edges(word)
        ahead = _sums(len(word), ((start, end, weights[piece]) for end, start, piece in ways))
        if not ahead[-1][0]:
            raise ValueError(f"the word {word!r} can't be split into pieces")
        if not times:
            continue
        # Backward: the same from the other end.
        size = len(word)
        behind = _sums(size, ((size - end, size - start, weights[piece]) for end, start, piece in reversed(ways)))
        behind.reverse()
        for end, start, piece in ways:
            mantissa, exponent = 1.0, 0
            for factor in (ahead[start], weights[piece], behind[end]):
                mantissa *= factor[0]
                exponent += factor[1]
            if mantissa:
                totals[piece] += times * ldexp(mantissa / ahead[-1][0], max(exponent - ahead[-1][1], -3000))
    return totals


def em_step(word_counts: dict[str, int], log_probs: dict[str, float]) -> dict[str, float]:
    """One step of expectation-maximization: pieces get the probabilities of their expected counts. (Task 1.4.)

    Returns:
        log_probs of the pieces whose expected count is above 0, in the order given; their probabilities sum to 1.

    Raises:
        ValueError: as `expected_counts`.

    >>> from math import exp, log
    >>> better = em_step({"ab": 10}, {"a": log(0.5), "b": log(0.25), "ab": log(0.2), "c": log(0.05)})
    >>> {piece: round(exp(score), 3) for piece, score in better.items()}
    {'a': 0.278, 'b': 0.278, 'ab': 0.444}
    """
    counts = expected_counts(word_counts, log_probs)
    total = fsum(counts.values())
    return {
        piece: log(count / total) if count / total else log(count) - log(total)
        for piece, count in counts.items()
        if count
    }


def removal_losses(word_counts: dict[str, int], log_probs: dict[str, float]) -> dict[str, float]:
    """For each piece of two or more characters: what the words' best score loses without it. (Task 1.4.)

    The score is that of each word's best way, as in `segment`, times how often the word occurs, summed over the
    words. Without a piece, the others keep their scores.

    Args:
        word_counts: words and how often each occurs.
        log_probs: as in `segment`; every character of the words is a piece.

    >>> from math import log
    >>> {piece: round(loss, 3) for piece, loss in removal_losses(
    ...     {"ab": 10, "b": 1}, {"a": log(0.5), "b": log(0.25), "ab": log(0.2), "ba": log(0.05)}).items()}
    {'ab': 4.7, 'ba': 0.0}
    """
    viterbi = _Viterbi(log_probs)
    lost = {piece: 0 for piece in log_probs if len(piece) > 1}
    for word, times in word_counts.items():
        if not times:
            continue
        edges = viterbi.edges(word)
        score, pieces = viterbi.best(word, edges)
        for piece in set(pieces):  # without a piece that is not in it, the best way stays
            if len(piece) > 1:
                lost[piece] += times * (score - viterbi.best(word, edges, without=piece)[0])
    return {piece: viterbi.as_float(loss) for piece, loss in lost.items()}


def prune(log_probs: dict[str, float], losses: dict[str, float], size: int) -> dict[str, float]:
    """The vocabulary cut to a size: single characters stay, then come the greatest losses. (Task 1.4.)

    Of equal losses, the shorter piece stays, of equally long ones the lower in order of code points.

    Returns:
        the log_probs of what stays, as they were and in the order given.

    Raises:
        ValueError: size is below the number of single characters; the message names it.

    >>> prune({"a": -1.0, "ab": -2.0, "b": -1.5, "ba": -3.0}, losses={"ab": 4.7, "ba": 0.0}, size=3)
    {'a': -1.0, 'ab': -2.0, 'b': -1.5}
    """
    singles = {piece for piece in log_probs if len(piece) == 1}
    if size < len(singles):
        raise ValueError(f"size={size!r} is below {len(singles)} single characters")
    others = sorted(log_probs.keys() - singles, key=lambda piece: (-losses[piece], len(piece), piece))
    kept = singles.union(others[: size - len(singles)])
    return {piece: score for piece, score in log_probs.items() if piece in kept}


def encode(text: str, log_probs: dict[str, float]) -> list[int]:
    """The ids of a text: normalized, cut by `segment`, with bytes for what is unknown. (Task 1.4.)

    Ids 0 to 255 are bytes; the pieces of log_probs follow from 256 on, in the order given. A character that is not
    a piece becomes its UTF-8 bytes (*byte fallback*).

    >>> encode("a日", {"▁a": -1.0, "a": -2.0})
    [256, 230, 151, 165]
    """
    ids = {piece: number for number, piece in enumerate(log_probs, 256)}
    found: list[int] = []
    for piece in segment(normalize(text), log_probs):
        found += [ids[piece]] if piece in ids else piece.encode("utf-8")
    return found


def decode(ids: list[int], log_probs: dict[str, float]) -> str:
    """The text of ids: bytes joined and decoded once, U+2581 as spaces, without the one in front. (Task 1.4.)

    Malformed bytes become U+FFFD.

    Raises:
        ValueError: an id is not in the vocabulary; the message names it.

    >>> decode([256, 230, 151, 165], {"▁a": -1.0, "a": -2.0})
    'a日'
    """
    pieces = list(log_probs)
    parts = []
    for number in ids:
        if 0 <= number < 256:
            parts.append(bytes([number]))
        elif 256 <= number < 256 + len(pieces):
            parts.append(pieces[number - 256].encode("utf-8"))
        else:
            raise ValueError(f"id {number!r} is not in the vocabulary")
    return b"".join(parts).decode("utf-8", errors="replace").replace("▁", " ").removeprefix(" ")
