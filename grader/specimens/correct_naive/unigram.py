"""Unigram by trying all pieces at each place."""

import math
import unicodedata


def normalize(text):
    text = unicodedata.normalize("NFKC", text)
    return "" if text == "" else "▁" + "▁".join(text.split(" "))


def segment(text, log_probs):
    worst = min(log_probs.values()) - 10
    best = [(0.0, [])]
    longest = max(len(piece) for piece in log_probs)
    for end in range(1, len(text) + 1):
        found = None
        for start in range(max(0, end - longest), end):
            piece = text[start:end]
            if piece in log_probs:
                score = log_probs[piece]
            elif len(piece) == 1:
                score = worst
            else:
                continue
            if found is None or best[start][0] + score > found[0]:
                found = (best[start][0] + score, start, piece)
        best.append((found[0], found[1], found[2]))
    pieces, end = [], len(text)
    while end > 0:
        _, start, piece = best[end]
        pieces.insert(0, piece)
        end = start
    return pieces


def total(logs):
    top = max(logs)
    return top + math.log(math.fsum(math.exp(log - top) for log in logs))


def sums(word, log_probs):
    """For each place, the logarithm of the probability of all ways to get there, or None."""
    into = [0.0]
    for end in range(1, len(word) + 1):
        logs = []
        for piece, score in log_probs.items():
            if len(piece) <= end and into[end - len(piece)] is not None and word[end - len(piece) : end] == piece:
                logs.append(into[end - len(piece)] + score)
        into.append(total(logs) if logs else None)
    return into


def expected_counts(word_counts, log_probs):
    counts = {piece: 0.0 for piece in log_probs}
    turned = {piece[::-1]: score for piece, score in log_probs.items()}
    for word, n in word_counts.items():
        into, out = sums(word, log_probs), sums(word[::-1], turned)[::-1]
        if into[-1] is None:
            raise ValueError(f"{word!r} can't be cut")
        for start in range(len(word)):
            for piece, score in log_probs.items():
                end = start + len(piece)
                if word[start:end] == piece and into[start] is not None and out[end] is not None:
                    counts[piece] += n * math.exp(into[start] + score + out[end] - into[-1])
    return counts


def em_step(word_counts, log_probs):
    counts = expected_counts(word_counts, log_probs)
    total = math.fsum(counts.values())
    return {piece: math.log(count / total) for piece, count in counts.items() if count > 0}


def best_score(word, log_probs):
    return sum(log_probs[piece] for piece in segment(word, log_probs))


def removal_losses(word_counts, log_probs):
    losses = {}
    for piece in log_probs:
        if len(piece) > 1:
            others = {other: score for other, score in log_probs.items() if other != piece}
            loss = 0.0
            for word, n in word_counts.items():
                loss += n * (best_score(word, log_probs) - best_score(word, others))
            losses[piece] = loss
    return losses


def prune(log_probs, losses, size):
    singles = [piece for piece in log_probs if len(piece) == 1]
    if size < len(singles):
        raise ValueError(f"a vocabulary of {size} can't hold {len(singles)} characters")
    longer = sorted((piece for piece in log_probs if len(piece) > 1), key=lambda p: (-losses[p], len(p), p))
    kept = set(singles + longer[: size - len(singles)])
    return {piece: score for piece, score in log_probs.items() if piece in kept}


def encode(text, log_probs):
    ids, numbers = [], {piece: 256 + n for n, piece in enumerate(log_probs)}
    for piece in segment(normalize(text), log_probs):
        ids += [numbers[piece]] if piece in numbers else list(piece.encode("utf-8"))
    return ids


def decode(ids, log_probs):
    pieces, raw = list(log_probs), b""
    for i in ids:
        if not 0 <= i < 256 + len(pieces):
            raise ValueError(f"unknown id {i}")
        raw += bytes([i]) if i < 256 else pieces[i - 256].encode()
    text = raw.decode("utf-8", errors="replace").replace("▁", " ")
    return text[1:] if text[:1] == " " else text
