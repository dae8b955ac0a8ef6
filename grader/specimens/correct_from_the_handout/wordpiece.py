"""Task 1.3: WordPiece, BERT's way to cut words into pieces."""

from __future__ import annotations

import heapq
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise


_ASCII_PUNCTUATION = {chr(n) for part in ((33, 48), (58, 65), (91, 97), (123, 127)) for n in range(*part)}
_IDEOGRAPHS = (
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x2A6E0),
    range(0x2A700, 0x2B740),
    range(0x2B740, 0x2B820),
    range(0x2B820, 0x2CEB0),
    range(0x2F800, 0x2FA20),
)


@lru_cache(maxsize=1 << 14)
def _stands_alone(character: str) -> bool:
    return (
        character in _ASCII_PUNCTUATION
        or unicodedata.category(character).startswith("P")
        or any(ord(character) in block for block in _IDEOGRAPHS)
    )


@dataclass(slots=True)
class _Word:
    pieces: list[str]
    times: int


class _Score:
    __slots__ = ("both", "parts", "pair")

    def __init__(self, both: int, parts: int, pair: tuple[str, str]) -> None:
        self.both, self.parts, self.pair = both, parts, pair

    def __lt__(self, other: _Score) -> bool:
        mine, others = self.both * other.parts, other.both * self.parts
        return mine > others or (mine == others and self.pair > other.pair)


class _Pairs:
    def __init__(self, words: list[_Word]) -> None:
        self._words = words
        self._pieces: Counter[str] = Counter()
        self._count: Counter[tuple[str, str]] = Counter()
        self._where: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self._pairs_of: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for place in range(len(words)):
            self._enter(place, +1)
        self._now: dict[tuple[str, str], _Score] = {}
        self._heap: list[tuple[float, _Score]] = []
        for pair in self._count:
            self._rate(pair)

    def best(self) -> tuple[str, str] | None:
        while self._heap:
            score = self._heap[0][1]
            if self._now.get(score.pair) is score:
                return score.pair
            heapq.heappop(self._heap)
        return None

    def join(self, pair: tuple[str, str]) -> str:
        left, right = pair
        joined = left + right.removeprefix("##")
        touched = {left, right, joined}
        for place in list(self._where[pair]):
            self._enter(place, -1)
            pieces: list[str] = []
            for piece in self._words[place].pieces:
                if pieces and (pieces[-1], piece) == pair and not just_joined:
                    pieces[-1], just_joined = joined, True
                else:
                    pieces.append(piece)
                    just_joined = False
            self._words[place].pieces = pieces
            self._enter(place, +1)
        for other in {other for piece in touched for other in self._pairs_of[piece]}:
            self._rate(other)
        return joined

    def _enter(self, place: int, sign: int) -> None:
        word = self._words[place]
        for piece in word.pieces:
            self._pieces[piece] += sign * word.times
        for pair in pairwise(word.pieces):
            self._count[pair] += sign * word.times
            if sign > 0:
                self._where[pair].add(place)
                for piece in pair:
                    self._pairs_of[piece].add(pair)
            else:
                self._where[pair].discard(place)

    def _rate(self, pair: tuple[str, str]) -> None:
        both = self._count[pair]
        if not both:
            self._now.pop(pair, None)
            del self._count[pair]
            for piece in pair:
                self._pairs_of[piece].discard(pair)
            return
        score = self._now[pair] = _Score(both, self._pieces[pair[0]] * self._pieces[pair[1]], pair)
        # Division rounds correctly, so the better of two scores never has the lower float; equal floats are told apart
        # exactly.
        heapq.heappush(self._heap, (-(both / score.parts), score))


def basic_tokenize(text: str) -> list[str]:
    kept = "".join(c for c in text if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cf"))
    plain = unicodedata.normalize("NFD", kept.lower())
    tokens, word = [], ""
    for c in plain:
        if unicodedata.category(c) == "Mn":
            continue
        alone = _stands_alone(c)
        if (alone or c.isspace()) and word:
            tokens.append(word)
            word = ""
        if alone:
            tokens.append(c)
        elif not c.isspace():
            word += c
    return [*tokens, word] if word else tokens


def train_wordpiece(word_counts: dict[str, int], vocab_size: int, special_tokens: list[str]) -> list[str]:
    for place, token in enumerate(special_tokens):
        if not token or token in special_tokens[:place]:
            raise ValueError(f"the special token {token!r} is {'given twice' if token else 'empty'}")
    words = [
        _Word([word[0], *("##" + letter for letter in word[1:])], times) for word, times in word_counts.items()
    ]
    letters = sorted({piece for word in words for piece in word.pieces})
    vocabulary = dict.fromkeys([*special_tokens, *letters])
    if vocab_size < len(vocabulary):
        raise ValueError(f"vocab_size={vocab_size!r} is below {len(vocabulary)} special tokens and letters")
    pairs = _Pairs(words)
    while len(vocabulary) < vocab_size and (best := pairs.best()) is not None:
        vocabulary.setdefault(pairs.join(best))
    return list(vocabulary)


def wordpiece_tokenize(word: str, vocabulary: dict[str, int], max_letters: int) -> list[str]:
    if len(word) > max_letters:
        return ["[UNK]"]
    # The lengths that pieces have, if it pays to look at the whole vocabulary for them.
    lengths = (
        sorted({len(piece) for piece in vocabulary}, reverse=True)
        if len(word) > 200
        else range(len(word) + 2, 0, -1)
    )
    pieces, start, mark = [], 0, ""
    while start < len(word):
        for length in lengths:
            end = start + length - len(mark)
            if start < end <= len(word) and (piece := mark + word[start:end]) in vocabulary:
                break
        else:
            return ["[UNK]"]
        pieces.append(piece)
        start, mark = end, "##"
    return pieces


def encode(text: str, vocabulary: dict[str, int]) -> list[int]:
    known: dict[str, list[int]] = {}
    ids = [vocabulary["[CLS]"]]
    for word in basic_tokenize(text):
        if word not in known:
            known[word] = [vocabulary[piece] for piece in wordpiece_tokenize(word, vocabulary, max_letters=100)]
        ids += known[word]
    return [*ids, vocabulary["[SEP]"]]
