"""Task 1.3."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from fractions import Fraction
from itertools import groupby, pairwise
from unicodedata import category, normalize

_IDEOGRAPHS = (
    0x3400,
    0x4DC0,
    0x4E00,
    0xA000,
    0xF900,
    0xFB00,
    0x20000,
    0x2A6E0,
    0x2A700,
    0x2B740,
    0x2B740,
    0x2B820,
    0x2B820,
    0x2CEB0,
    0x2F800,
    0x2FA20,
)
_ASCII = frozenset(map(chr, (*range(33, 48), *range(58, 65), *range(91, 97), *range(123, 127))))


def _alone(c):
    return c in _ASCII or category(c).startswith("P") or bisect_right(_IDEOGRAPHS, ord(c)) % 2 == 1


def basic_tokenize(text):
    text = "".join(c for c in text if c in "\t\n\r" or category(c) not in ("Cc", "Cf"))
    text = "".join(c for c in normalize("NFD", text.lower()) if category(c) != "Mn")

    def kind(numbered):
        i, c = numbered
        return None if c.isspace() else (i if _alone(c) else "word")

    return ["".join(c for _, c in group) for k, group in groupby(enumerate(text), kind) if k is not None]


def train_wordpiece(word_counts, vocab_size, special_tokens):
    if "" in special_tokens:
        raise ValueError("a special token is empty: ''")
    for token, n in Counter(special_tokens).items():
        if n > 1:
            raise ValueError(f"special token {token!r} is given {n} times")
    words = [[[w[0], *map("##".__add__, w[1:])], n] for w, n in word_counts.items()]
    letters = sorted({p for pieces, _ in words for p in pieces})
    vocabulary = dict.fromkeys([*special_tokens, *letters])
    if vocab_size < len(vocabulary):
        raise ValueError(f"vocab_size {vocab_size} is below {len(vocabulary)}")
    while len(vocabulary) < vocab_size:
        single, double = Counter(), Counter()
        for pieces, n in words:
            for p in pieces:
                single[p] += n
            for p in pairwise(pieces):
                double[p] += n
        if not double:
            break
        left, right = max(double, key=lambda p: (Fraction(double[p], single[p[0]] * single[p[1]]), p))
        new = left + right.removeprefix("##")
        vocabulary.setdefault(new)
        for entry in words:
            entry[0] = _join(entry[0], left, right, new)
    return list(vocabulary)


def _join(pieces, left, right, new):
    out = []
    source = iter(pieces)
    for p in source:
        # `pending` is whether the last of out is a left that was not made just now
        out.append(p)
    i, result = 0, []
    while i < len(out):
        if out[i : i + 2] == [left, right]:
            result.append(new)
            i += 2
        else:
            result.append(out[i])
            i += 1
    return result


def wordpiece_tokenize(word, vocabulary, max_letters):
    if len(word) > max_letters:
        return ["[UNK]"]
    found, i = [], 0
    while i < len(word):
        prefix = "##" * bool(i)
        end = next((e for e in range(len(word), i, -1) if prefix + word[i:e] in vocabulary), None)
        if end is None:
            return ["[UNK]"]
        found.append(prefix + word[i:end])
        i = end
    return found


def encode(text, vocabulary):
    def tokens():
        yield "[CLS]"
        for w in basic_tokenize(text):
            yield from wordpiece_tokenize(w, vocabulary, 100)
        yield "[SEP]"

    return [vocabulary[t] for t in tokens()]
