"""Unigram with forward and backward passes in vectors."""

import unicodedata

import numpy as np


def normalize(text):
    text = unicodedata.normalize("NFKC", text)
    return ("\u2581" + text.replace(" ", "\u2581")) if text else text


def _starts(text, log_probs):
    """For each end: where pieces that end there begin, and their scores."""
    longest = max(len(piece) for piece in log_probs)
    table = []
    for end in range(len(text) + 1):
        starts = [s for s in range(max(0, end - longest), end) if text[s:end] in log_probs]
        table.append((np.array(starts, dtype=int), np.array([log_probs[text[s:end]] for s in starts])))
    return table


def segment(text, log_probs):
    unknown = np.min(list(log_probs.values())) - 10
    best, back = np.full(len(text) + 1, -np.inf), np.zeros(len(text) + 1, dtype=int)
    best[0] = 0.0
    for end, (starts, scores) in enumerate(_starts(text, log_probs)):
        if end == 0:
            continue
        if text[end - 1] not in log_probs:
            starts, scores = np.append(starts, end - 1), np.append(scores, unknown)
        sums = best[starts] + scores
        place = int(np.argmax(sums))
        best[end], back[end] = sums[place], starts[place]
    cuts = [len(text)]
    while cuts[-1] > 0:
        cuts.append(int(back[cuts[-1]]))
    return [text[a:b] for a, b in zip(cuts[::-1], cuts[::-1][1:])]


def expected_counts(word_counts, log_probs):
    totals = dict.fromkeys(log_probs, 0.0)
    for word, count in word_counts.items():
        table = _starts(word, log_probs)
        forward = np.full(len(word) + 1, -np.inf)
        forward[0] = 0.0
        for end, (starts, scores) in enumerate(table):
            if len(starts):
                forward[end] = np.logaddexp.reduce(forward[starts] + scores)
        if not np.isfinite(forward[-1]):
            raise ValueError("no way to cut " + word)
        backward = np.full(len(word) + 1, -np.inf)
        backward[-1] = 0.0
        for end in range(len(word), 0, -1):
            starts, scores = table[end]
            if len(starts):
                backward[starts] = np.logaddexp(backward[starts], scores + backward[end])
        for end, (starts, scores) in enumerate(table):
            shares = np.exp(forward[starts] + scores + backward[end] - forward[-1]) if len(starts) else []
            for start, share in zip(starts, shares):
                totals[word[start:end]] += float(share) * count
    return totals


def em_step(word_counts, log_probs):
    counts = {piece: count for piece, count in expected_counts(word_counts, log_probs).items() if count > 0}
    logs = np.log(np.array(list(counts.values()))) - np.log(np.sum(list(counts.values())))
    return dict(zip(counts, logs.tolist()))


def _best(word, log_probs):
    return sum(log_probs[piece] for piece in segment(word, log_probs))


def removal_losses(word_counts, log_probs):
    counts = np.array(list(word_counts.values()), dtype=float)
    now = np.array([_best(word, log_probs) for word in word_counts])
    losses = {}
    for piece in log_probs:
        if len(piece) >= 2:
            rest = {other: score for other, score in log_probs.items() if other != piece}
            losses[piece] = float(counts @ (now - np.array([_best(word, rest) for word in word_counts])))
    return losses


def prune(log_probs, losses, size):
    single = sum(len(piece) == 1 for piece in log_probs)
    if size < single:
        raise ValueError(f"size={size}")
    order = sorted(log_probs, key=lambda piece: (len(piece) > 1, -losses.get(piece, 0.0), len(piece), piece))
    kept = frozenset(order[:size])
    return {piece: log_probs[piece] for piece in log_probs if piece in kept}


def encode(text, log_probs):
    index = {piece: n for n, piece in enumerate(log_probs, start=256)}
    parts = [
        np.array([index[p]] if p in index else list(p.encode()), dtype=np.int64)
        for p in segment(normalize(text), log_probs)
    ]
    return np.concatenate(parts).tolist() if parts else []


def decode(ids, log_probs):
    table = [bytes([n]) for n in range(256)] + [piece.encode() for piece in log_probs]
    if any(i < 0 or i >= len(table) for i in ids):
        raise KeyError([i for i in ids if i < 0 or i >= len(table)])
    return b"".join(table[i] for i in ids).decode("utf-8", "replace").replace("▁", " ").removeprefix(" ")
