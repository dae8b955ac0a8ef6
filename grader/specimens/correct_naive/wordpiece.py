"""WordPiece with fractions, counting anew at each step."""

import unicodedata
from collections import Counter
from fractions import Fraction


def basic_tokenize(text):
    kept = ""
    for c in text:
        if unicodedata.category(c) not in ("Cc", "Cf") or c in "\t\n\r":
            kept += c
    bare = ""
    for c in unicodedata.normalize("NFD", kept.lower()):
        if unicodedata.category(c) != "Mn":
            bare += c
    tokens, word = [], ""
    for c in bare:
        if c.isspace() or alone(c):
            if word:
                tokens.append(word)
            word = ""
            if alone(c):
                tokens.append(c)
        else:
            word += c
    if word:
        tokens.append(word)
    return tokens


def alone(c):
    n = ord(c)
    for low, high in (33, 47), (58, 64), (91, 96), (123, 126):
        if low <= n <= high:
            return True
    for low, high in (
        (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF),
        (0xF900, 0xFAFF),
        (0x20000, 0x2A6DF),
        (0x2A700, 0x2B73F),
        (0x2B740, 0x2B81F),
        (0x2B820, 0x2CEAF),
        (0x2F800, 0x2FA1F),
    ):
        if low <= n <= high:
            return True
    return unicodedata.category(c)[0] == "P"


def train_wordpiece(word_counts, vocab_size, special_tokens):
    for token in special_tokens:
        if not token or special_tokens.count(token) != 1:
            raise ValueError(f"special token {token!r}")
    words = [
        ([c if n == 0 else "##" + c for n, c in enumerate(word)], count) for word, count in word_counts.items()
    ]
    letters = sorted({piece for pieces, _ in words for piece in pieces})
    vocabulary = list(special_tokens)
    for letter in letters:
        vocabulary.append(letter) if letter not in vocabulary else None
    if vocab_size < len(special_tokens) + len(letters):
        raise ValueError(f"vocab_size {vocab_size} is too small")
    while len(vocabulary) < vocab_size:
        single, double = Counter(), Counter()
        for pieces, count in words:
            for piece in pieces:
                single[piece] += count
            for pair in zip(pieces, pieces[1:]):
                double[pair] += count
        if not double:
            break
        score = lambda pair: (Fraction(double[pair], single[pair[0]] * single[pair[1]]), pair)
        left, right = max(double, key=score)
        new = left + right.removeprefix("##")
        if new not in vocabulary:
            vocabulary.append(new)
        words = [(join(pieces, left, right, new), count) for pieces, count in words]
    return vocabulary


def join(pieces, left, right, new):
    out = []
    rest = list(pieces)
    while rest:
        if rest[:2] == [left, right]:
            out.append(new)
            rest = rest[2:]
        else:
            out.append(rest.pop(0))
    return out


def wordpiece_tokenize(word, vocabulary, max_letters):
    if len(word) > max_letters:
        return ["[UNK]"]
    pieces, at = [], 0
    while at < len(word):
        mark = "##" if at else ""
        fits = [end for end in range(at + 1, len(word) + 1) if mark + word[at:end] in vocabulary]
        if not fits:
            return ["[UNK]"]
        pieces.append(mark + word[at : max(fits)])
        at = max(fits)
    return pieces


def encode(text, vocabulary):
    pieces = ["[CLS]"]
    for word in basic_tokenize(text):
        pieces += wordpiece_tokenize(word, vocabulary, 100)
    return [vocabulary[piece] for piece in pieces + ["[SEP]"]]
