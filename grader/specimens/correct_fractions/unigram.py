"""Task 1.4."""

from __future__ import annotations

import math
import unicodedata
from collections import ChainMap
from typing import NamedTuple

SPACE = "\N{LOWER ONE EIGHTH BLOCK}"


class Way(NamedTuple):
    score: float
    start: int


def normalize(text):
    text = unicodedata.normalize("NFKC", text)
    return text and SPACE + text.replace(" ", SPACE)


def _viterbi(text, log_probs, longest, unknown, without=None):
    best = [Way(0.0, 0)]
    for end in range(1, len(text) + 1):

        def ways():
            for start in range(max(0, end - longest), end):
                piece = text[start:end]
                if piece != without and piece in log_probs:
                    yield Way(best[start].score + log_probs[piece], start)
                elif end - start == 1:
                    yield Way(best[start].score + unknown, start)

        best.append(max(ways(), default=Way(-math.inf, end - 1)))
    cuts, end = [], len(text)
    while end:
        start = best[end].start
        cuts.append(text[start:end])
        end = start
    return best[-1].score, cuts[::-1]


def segment(text, log_probs):
    return _viterbi(text, log_probs, max(map(len, log_probs)), min(log_probs.values()) - 10)[1]


def _logsum(xs):
    xs = list(xs)
    top = max(xs, default=-math.inf)
    return top if top == -math.inf else top + math.log(math.fsum(math.exp(x - top) for x in xs))


def expected_counts(word_counts, log_probs):
    longest = max(map(len, log_probs), default=0)
    collected = {piece: [] for piece in log_probs}
    for word, times in word_counts.items():
        n = len(word)
        edges = [
            (i, j, log_probs[word[i:j]])
            for i in range(n)
            for j in range(i + 1, min(n, i + longest) + 1)
            if word[i:j] in log_probs
        ]
        into, out = [[] for _ in range(n + 1)], [[] for _ in range(n + 1)]
        for e in edges:
            out[e[0]].append(e)
            into[e[1]].append(e)
        alpha = [0.0]
        for j in range(1, n + 1):
            alpha.append(_logsum(alpha[i] + s for i, _, s in into[j]))
        beta = {n: 0.0}
        for i in reversed(range(n)):
            beta[i] = _logsum(beta[j] + s for _, j, s in out[i])
        if alpha[n] == -math.inf:
            raise ValueError(f"can't cut {word!r} into pieces")
        for i, j, s in edges:
            collected[word[i:j]].append(times * math.exp(alpha[i] + s + beta[j] - alpha[n]))
    return {piece: math.fsum(xs) for piece, xs in collected.items()}


def em_step(word_counts, log_probs):
    counts = {p: c for p, c in expected_counts(word_counts, log_probs).items() if c > 0}
    total = math.fsum(counts.values())
    return {p: math.log(c / total) for p, c in counts.items()}


def removal_losses(word_counts, log_probs):
    longest, unknown = max(map(len, log_probs)), min(log_probs.values()) - 10
    losses = {p: 0.0 for p in log_probs if len(p) > 1}
    for word, times in word_counts.items():
        score, way = _viterbi(word, log_probs, longest, unknown)
        for piece in set(way) & losses.keys():
            losses[piece] += times * (score - _viterbi(word, log_probs, longest, unknown, piece)[0])
    return losses


def prune(log_probs, losses, size):
    singles = {p for p in log_probs if len(p) == 1}
    if size < len(singles):
        raise ValueError(f"size={size} is below the {len(singles)} single characters")
    ranked = sorted(log_probs.keys() - singles, key=lambda p: (-losses[p], len(p), p))
    stay = singles.union(ranked[: size - len(singles)])
    return {p: s for p, s in log_probs.items() if p in stay}


def encode(text, log_probs):
    number = {p: i for i, p in enumerate(log_probs, 256)}
    return [
        i
        for piece in segment(normalize(text), log_probs)
        for i in ((number[piece],) if piece in number else piece.encode())
    ]


def decode(ids, log_probs):
    table = ChainMap({i: bytes([i]) for i in range(256)}, {i: p.encode() for i, p in enumerate(log_probs, 256)})
    return b"".join(table[i] for i in ids).decode("utf-8", "replace").replace(SPACE, " ").removeprefix(" ")
