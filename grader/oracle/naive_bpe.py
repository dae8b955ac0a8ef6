"""Byte-level BPE as slowly and plainly as it can be said. (Task 1.2.)

Every merge recounts every pair of every word. An oracle for inputs of some kilobytes, no more. The
keyword `ties` also gives what a trainer with another tie rule would learn: the tests use that to tell a
student which mistake was made, and the benchmark to compare with libraries that break ties otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Literal

import regex

PATTERN = regex.compile(r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")

Pair = tuple[bytes, bytes]
Word = tuple[bytes, ...]
TieRule = Literal["greatest", "first_seen", "smallest", "smallest_id", "greatest_id", "text"]


def split_on_specials(text: str, special_tokens: list[str]) -> list[tuple[str, bool]]:
    """Cut text at special tokens: (piece, is it special), leftmost first, the longest at each place.

    >>> split_on_specials("a<x><x>b", ["<x>", "<x><x>"])
    [('a', False), ('<x><x>', True), ('b', False)]
    """
    pieces: list[tuple[str, bool]] = []
    start = position = 0
    while position < len(text):
        found = [token for token in special_tokens if text.startswith(token, position)]
        if not found:
            position += 1
            continue
        longest = max(found, key=len)
        pieces += [(text[start:position], False), (longest, True)]
        start = position = position + len(longest)
    pieces.append((text[start:], False))
    return [(piece, special) for piece, special in pieces if piece]


def count_words(text: str, special_tokens: list[str]) -> Counter[Word]:
    """Pre-tokens as tuples of single bytes, with how often each occurs, in order of first sight."""
    words: Counter[Word] = Counter()
    for piece, special in split_on_specials(text, special_tokens):
        if not special:
            for match in PATTERN.finditer(piece):
                words[tuple(bytes([b]) for b in match.group().encode())] += 1
    return words


def merge_word(word: Word, pair: Pair) -> Word:
    """Replace the pair by its concatenation, left to right, without overlap.

    >>> merge_word((b"a", b"a", b"a"), (b"a", b"a"))
    (b'aa', b'a')
    """
    merged: list[bytes] = []
    position = 0
    while position < len(word):
        if word[position : position + 2] == pair:
            merged.append(pair[0] + pair[1])
            position += 2
        else:
            merged.append(word[position])
            position += 1
    return tuple(merged)


def train_on_words(
    words: Counter[Word], vocab: dict[int, bytes], vocab_size: int, ties: TieRule = "greatest"
) -> list[Pair]:
    """Extend vocab to vocab_size entries, and return the merges in order."""
    merges: list[Pair] = []
    while len(vocab) < vocab_size:
        counts: Counter[Pair] = Counter()
        for word, times in words.items():
            for pair in pairwise(word):
                counts[pair] += times
        if not counts:
            break
        best = _choose(counts, vocab, ties)
        merges.append(best)
        vocab[len(vocab)] = best[0] + best[1]
        merged: Counter[Word] = Counter()
        for word, times in words.items():
            merged[merge_word(word, best)] += times
        words = merged
    return merges


def _choose(counts: Counter[Pair], vocab: dict[int, bytes], ties: TieRule) -> Pair:
    most = max(counts.values())
    tied = [pair for pair, count in counts.items() if count == most]
    if ties == "first_seen" or len(tied) == 1:
        return tied[0]
    if ties == "smallest":
        return min(tied)
    ids: dict[bytes, int] = {}
    for identifier, token in vocab.items():
        ids.setdefault(token, identifier)
    rules: dict[str, Callable[[Pair], tuple[object, object]]] = {
        "greatest": lambda pair: pair,
        "greatest_id": lambda pair: (ids[pair[0]], ids[pair[1]]),
        "smallest_id": lambda pair: (-ids[pair[0]], -ids[pair[1]]),
        "text": lambda pair: (printable(pair[0]), printable(pair[1])),
    }
    return max(tied, key=rules[ties])


def train_bpe(
    input_path: str | Path, vocab_size: int, special_tokens: list[str], ties: TieRule = "greatest"
) -> tuple[dict[int, bytes], list[Pair]]:
    """The task's `train_bpe`, plainly; see the handout for the contract."""
    text = Path(input_path).read_bytes().decode("utf-8", errors="replace")
    return train_on_text(text, vocab_size, special_tokens, ties)


def train_on_text(
    text: str, vocab_size: int, special_tokens: list[str], ties: TieRule = "greatest"
) -> tuple[dict[int, bytes], list[Pair]]:
    """`train_bpe` on text in memory.

    >>> train_on_text("hug hug pug", 258, [])[1]
    [(b'u', b'g'), (b'h', b'ug')]
    """
    vocab = dict(enumerate([s.encode() for s in special_tokens] + [bytes([b]) for b in range(256)]))
    merges = train_on_words(count_words(text, special_tokens), vocab, vocab_size, ties)
    return vocab, merges


def encode(text: str, vocab: dict[int, bytes], merges: list[Pair], special_tokens: list[str]) -> list[int]:
    """Ids of text: every merge, in the order learned, over every word.

    >>> vocab, merges = train_on_text("hug hug pug", 258, [])
    >>> [vocab[i] for i in encode("hugs", vocab, merges, [])]
    [b'hug', b's']
    """
    ids: dict[bytes, int] = {}
    for identifier, token in vocab.items():
        ids.setdefault(token, identifier)
    out: list[int] = []
    for piece, special in split_on_specials(text, special_tokens):
        if special:
            out.append(ids[piece.encode()])
            continue
        for match in PATTERN.finditer(piece):
            word = tuple(bytes([b]) for b in match.group().encode())
            for pair in merges:
                word = merge_word(word, pair)
            out += [ids[token] for token in word]
    return out


def greedy_longest(text: str, vocab: dict[int, bytes]) -> list[int]:
    """What longest-match-first encoding gives instead: a planted mistake, no oracle."""
    ids = {token: identifier for identifier, token in vocab.items()}
    out: list[int] = []
    for match in PATTERN.finditer(text):
        rest = match.group().encode()
        while rest:
            longest = next(rest[:n] for n in range(len(rest), 0, -1) if rest[:n] in ids)
            out.append(ids[longest])
            rest = rest[len(longest) :]
    return out


def left_to_right(text: str, vocab: dict[int, bytes], merges: list[Pair]) -> list[int]:
    """What merging any known pair from left to right gives instead: a planted mistake, no oracle."""
    ids = {token: identifier for identifier, token in vocab.items()}
    out: list[int] = []
    for match in PATTERN.finditer(text):
        word = [bytes([b]) for b in match.group().encode()]
        place = 0
        while place + 1 < len(word):
            if (word[place], word[place + 1]) in merges:
                word[place : place + 2] = [word[place] + word[place + 1]]
                place = max(place - 1, 0)
            else:
                place += 1
        out += [ids[token] for token in word]
    return out


def follow_the_counts(text: str, special_tokens: list[str], merges: list[Pair]) -> bool:
    """Whether each of the merges was a most frequent pair of its moment, so that only ties were decided otherwise.

    >>> follow_the_counts("ab cd", [], [(b"a", b"b")]), follow_the_counts("ab abc", [], [(b"b", b"c")])
    (True, False)
    """
    words = list(count_words(text, special_tokens).items())
    counts: Counter[Pair] = Counter()
    places: dict[Pair, set[int]] = {}
    for number, (word, times) in enumerate(words):
        for pair in pairwise(word):
            counts[pair] += times
            places.setdefault(pair, set()).add(number)
    for merge in merges:
        if not counts[merge] or counts[merge] < max(counts.values()):
            return False
        for number in sorted(places[merge]):
            word, times = words[number]
            merged = merge_word(word, merge)
            words[number] = merged, times
            for pair in pairwise(word):
                counts[pair] -= times
            for pair in pairwise(merged):
                counts[pair] += times
                places.setdefault(pair, set()).add(number)
    return True


def printable(token: bytes) -> str:
    """GPT-2's printable form: each byte as one visible character.

    >>> printable(b" the\\n")
    'ĠtheĊ'
    """
    return "".join(BYTE_TO_CHAR[b] for b in token)


def _byte_to_char() -> dict[int, str]:
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [b for b in range(256) if b not in visible]
    return {b: chr(b) for b in visible} | {b: chr(256 + n) for n, b in enumerate(hidden)}


BYTE_TO_CHAR = _byte_to_char()
