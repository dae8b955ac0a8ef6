"""Task 1.4: SentencePiece's normalization, and its Unigram model."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from fractions import Fraction
from math import exp, floor, frexp, fsum, ldexp, log


_Edge = tuple[int, int, str]  # end, start and piece


class _Lattice:
    def __init__(self, log_probs: dict[str, float]) -> None:
        self._pieces = log_probs
        self._lengths = sorted({len(piece) for piece in log_probs})

    def edges(self, text: str) -> list[_Edge]:
        return [
            (end, end - length, piece)
            for end in range(1, len(text) + 1)
            for length in self._lengths
            if length <= end and (piece := text[end - length : end]) in self._pieces
        ]


class _Viterbi:
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
    exponent = floor(score / log(2))
    mantissa, shift = frexp(exp(score - exponent * log(2)))
    return mantissa, exponent + shift


def _sums(size: int, edges: Iterable[tuple[int, int, _Number]]) -> list[_Number]:
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
    return ("▁" + unicodedata.normalize("NFKC", text).replace(" ", "▁")) if text else ""


def segment(text: str, log_probs: dict[str, float]) -> list[str]:
    return _Viterbi(log_probs).best(text)[1]


def expected_counts(word_counts: dict[str, int], log_probs: dict[str, float]) -> dict[str, float]:
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
    counts = expected_counts(word_counts, log_probs)
    total = fsum(counts.values())
    return {
        piece: log(count / total) if count / total else log(count) - log(total)
        for piece, count in counts.items()
        if count
    }


def removal_losses(word_counts: dict[str, int], log_probs: dict[str, float]) -> dict[str, float]:
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
    singles = {piece for piece in log_probs if len(piece) == 1}
    if size < len(singles):
        raise ValueError(f"size={size!r} is below {len(singles)} single characters")
    others = sorted(log_probs.keys() - singles, key=lambda piece: (-losses[piece], len(piece), piece))
    kept = singles.union(others[: size - len(singles)])
    return {piece: score for piece, score in log_probs.items() if piece in kept}


def encode(text: str, log_probs: dict[str, float]) -> list[int]:
    ids = {piece: number for number, piece in enumerate(log_probs, 256)}
    found: list[int] = []
    for piece in segment(normalize(text), log_probs):
        found += [ids[piece]] if piece in ids else piece.encode("utf-8")
    return found


def decode(ids: list[int], log_probs: dict[str, float]) -> str:
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
