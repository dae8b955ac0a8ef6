"""Task 1.2: byte-level byte-pair encoding (BPE), trained and applied."""

from __future__ import annotations

import heapq
import json
import os
from array import array
from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import count, takewhile
from pathlib import Path

import numpy as np
import regex

_PRE_TOKEN = regex.compile(r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""")
_CONTRACTION = regex.compile(r"'(?:[sdmt]|ll|ve|re)")
_KINDS = tuple(map(regex.compile, (r"\p{L}+", r"\p{N}+", r"\s+", r"[^\s\p{L}\p{N}]+")))


def _printable_bytes() -> dict[str, int]:
    shown = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = count(256)
    return {chr(byte if byte in shown else next(others)): byte for byte in range(256)}


_PRINTABLE = _printable_bytes()


def _from_printable(token: str) -> bytes:
    try:
        return bytes(_PRINTABLE[character] for character in token)
    except KeyError:  # not in that form: an added token, as it is
        return token.encode("utf-8")


class _Specials:
    def __init__(self, tokens: list[str]) -> None:
        seen: set[str] = set()
        for token in tokens:
            if not token or token in seen:
                raise ValueError(f"the special token {token!r} is {'given twice' if token else 'empty'}")
            seen.add(token)
        self._sorted = sorted(tokens)
        self._longest = max(map(len, tokens), default=0)
        longest_first = sorted(tokens, key=len, reverse=True)
        self._pattern = regex.compile("|".join(map(regex.escape, longest_first))) if tokens else None

    def find(self, text: str, place: int) -> regex.Match[str] | None:
        return self._pattern.search(text, place) if self._pattern else None

    def begins(self, text: str) -> bool:
        return self._pattern is not None and self._pattern.match(text) is not None

    def split(self, text: str) -> Iterator[tuple[str, str | None]]:
        place = 0
        while match := self.find(text, place):
            if place < match.start():
                yield text[place : match.start()], None
            yield match.group(), match.group()
            place = match.end()
        if place < len(text):
            yield text[place:], None

    def open_end(self, text: str, place: int) -> int:
        for start in range(max(place, len(text) - self._longest + 1), len(text)):
            end = text[start:]
            after = bisect_right(self._sorted, end)
            if after < len(self._sorted) and self._sorted[after].startswith(end):
                return start
        return len(text)


class _Pending:
    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._kind: regex.Pattern[str] | None = None  # of a last pre-token that goes on with more characters of it

    def extend(self, text: str) -> Iterator[str]:
        if not text:
            return
        if self._kind is not None and self._kind.fullmatch(text):
            self._pieces.append(text)
            return
        yield from self._cut("".join(self._pieces) + text)

    def finish(self) -> Iterator[str]:
        text = "".join(self._pieces)
        self._keep("")
        for match in _PRE_TOKEN.finditer(text):
            yield match.group()

    def settled_before(self, following: str) -> list[str]:
        if not self._pieces or (self._kind is not None and self._kind.match(following)):
            return []
        text = "".join(self._pieces)
        ending = list(_PRE_TOKEN.findall(text))
        other = _Pending()
        going_on = list(other.extend(text + following))
        settled = [one for one, _ in takewhile(lambda both: both[0] == both[1], zip(ending, going_on))]
        if settled:
            self._keep(text[sum(map(len, settled)) :])
        return settled

    def _cut(self, text: str) -> Iterator[str]:
        last: deque[str] = deque()
        for match in _PRE_TOKEN.finditer(text):
            last.append(match.group())
            if len(last) > 2:
                yield last.popleft()
        # Only the last can go on, and "'" with a letter that may become a contraction: "'l", "'ll".
        while last and not (len(last) == 1 or (last[0] == "'" and last[1] in ("l", "v", "r"))):
            yield last.popleft()
        if len(last) == 1 and _CONTRACTION.fullmatch(last[0]):
            yield last.popleft()
        self._keep("".join(last))

    def _keep(self, text: str) -> None:
        self._pieces = [text] if text else []
        self._kind = None
        if text and not (text[0] == "'" and len(text) <= 2):
            self._kind = next(kind for kind in _KINDS if kind.match(text[-1]))


class _Trainer:
    def __init__(self, words: Counter[str], tokens: list[bytes]) -> None:
        self._tokens = tokens
        spelled = [(word.encode("utf-8"), times) for word, times in words.items()]
        spelled = [(word, times) for word, times in spelled if len(word) > 1]
        lengths = np.array([len(word) for word, _ in spelled], dtype=np.int64)
        row = np.frombuffer(b"".join(word for word, _ in spelled), dtype=np.uint8).astype(np.int32)
        times = np.repeat(np.array([count for _, count in spelled], dtype=np.int64), lengths)
        place = np.arange(len(row), dtype=np.int32)
        ends = np.cumsum(lengths) - 1
        following, before = place + 1, place - 1
        following[ends] = -1
        before[ends - lengths + 1] = -1
        self._cell, self._next, self._before = (
            array("i", part.astype("i").tobytes()) for part in (row, following, before)
        )
        self._times = array("q", times.tobytes())
        # The first pairs, sorted by what they are and then by place.
        firsts = np.flatnonzero(following >= 0)
        kinds = row[firsts] * 256 + row[firsts + 1]
        order = np.argsort(kinds, kind="stable")
        firsts, kinds = firsts[order], kinds[order]
        starts = np.flatnonzero(np.diff(kinds, prepend=-1))
        sums = np.add.reduceat(times[firsts], starts) if len(starts) else []
        self._count: dict[tuple[int, int], int] = {}
        self._places: dict[tuple[int, int], array[int]] = {}
        for start, end, total in zip(starts, [*starts[1:], len(firsts)], sums):
            pair = divmod(int(kinds[start]), 256)
            self._count[pair] = int(total)
            self._places[pair] = array("i", firsts[start:end].astype("i").tobytes())
        self._heap = [self._entry(pair) for pair in self._count]
        heapq.heapify(self._heap)

    def learn(self, merges: int) -> list[tuple[bytes, bytes]]:
        learned: list[tuple[bytes, bytes]] = []
        while len(learned) < merges and (pair := self._best()) is not None:
            left, right = self._tokens[pair[0]], self._tokens[pair[1]]
            learned.append((left, right))
            self._tokens.append(left + right)
            self._merge(pair, len(self._tokens) - 1)
        return learned

    def _entry(self, pair: tuple[int, int]) -> tuple[int, _Greatest, tuple[int, int]]:
        return -self._count[pair], _Greatest((self._tokens[pair[0]], self._tokens[pair[1]])), pair

    def _best(self) -> tuple[int, int] | None:
        while self._heap:
            negative, _, pair = self._heap[0]
            now = self._count.get(pair, 0)
            if now == -negative:
                heapq.heappop(self._heap)
                return pair
            if now:
                heapq.heapreplace(self._heap, self._entry(pair))
            else:
                heapq.heappop(self._heap)
        return None

    def _merge(self, pair: tuple[int, int], new: int) -> None:
        left, right = pair
        cell, following, before, times, count = self._cell, self._next, self._before, self._times, self._count
        # A pair's places are in order: all are found while the newer of its tokens is made, from left to right.
        places = self._places.pop(pair)
        change: defaultdict[tuple[int, int], int] = defaultdict(int)
        found: defaultdict[tuple[int, int], array[int]] = defaultdict(lambda: array("i"))
        for place in places:
            if cell[place] != left:
                continue
            taken = following[place]
            if taken < 0 or cell[taken] != right:
                continue
            often, ahead, behind = times[place], before[place], following[taken]
            cell[place], cell[taken] = new, -1
            following[place] = behind
            if ahead >= 0:
                token = cell[ahead]
                change[token, left] -= often
                change[token, new] += often
                found[token, new].append(ahead)
            if behind >= 0:
                before[behind] = place
                token = cell[behind]
                change[right, token] -= often
                change[new, token] += often
                found[new, token].append(place)
        del count[pair]
        change.pop(pair, None)
        for other, difference in change.items():
            now = count.get(other, 0) + difference
            if now:
                count[other] = now
                if other in found:
                    self._places[other] = found[other]
                    heapq.heappush(self._heap, self._entry(other))
            elif other in count:
                del count[other], self._places[other]


class _Greatest:
    __slots__ = ("pair",)

    def __init__(self, pair: tuple[bytes, bytes]) -> None:
        self.pair = pair

    def __lt__(self, other: _Greatest) -> bool:
        return self.pair > other.pair


def train_bpe(
    input_path: str | os.PathLike[str], vocab_size: int, special_tokens: list[str]
) -> tuple[dict[int, bytes], list[tuple[bytes, bytes]]]:
    specials = _Specials(special_tokens)
    if vocab_size < 256 + len(special_tokens):
        raise ValueError(f"vocab_size={vocab_size!r} is below 256 and {len(special_tokens)} special tokens")
    text = Path(input_path).read_bytes().decode("utf-8", errors="replace")
    words: Counter[str] = Counter()
    for part, special in specials.split(text):
        if special is None:
            words.update(match.group() for match in _PRE_TOKEN.finditer(part))
    del text
    tokens = [bytes([byte]) for byte in range(256)]
    trainer = _Trainer(words, tokens)
    merges = trainer.learn(vocab_size - 256 - len(special_tokens))
    entries = [token.encode("utf-8") for token in special_tokens] + tokens
    return dict(enumerate(entries)), merges


class Tokenizer:
    def __init__(
        self,
        vocab: dict[int, bytes],
        merges: list[tuple[bytes, bytes]],
        special_tokens: list[str] | None = None,
    ) -> None:
        self._specials = _Specials(special_tokens or [])
        self._bytes = dict(vocab)
        ids = {token: number for number, token in vocab.items()}
        self._special_ids: dict[str, int] = {}
        following = max(vocab, default=-1) + 1
        for special in special_tokens or []:
            token = special.encode("utf-8")
            if token in ids:
                self._special_ids[special] = ids[token]
            else:
                self._special_ids[special] = following
                self._bytes[following] = token
                following += 1
        # Inside, a token is a small number: a byte is itself, what a merge gives comes after it.
        numbers = {bytes([byte]): byte for byte in range(256)}
        for left, right in merges:
            for token in (left, right, left + right):
                numbers.setdefault(token, len(numbers))
        self._ids = [ids.get(token) for token in numbers]
        self._merges: dict[tuple[int, int], tuple[int, int]] = {}
        for rank, (left, right) in enumerate(merges):
            self._merges.setdefault((numbers[left], numbers[right]), (rank, numbers[left + right]))
        self._short_word = lru_cache(maxsize=1 << 15)(self._merge_few)

    @classmethod
    def from_files(
        cls,
        vocab_filepath: str | os.PathLike[str],
        merges_filepath: str | os.PathLike[str],
        special_tokens: list[str] | None = None,
    ) -> Tokenizer:
        with open(vocab_filepath, encoding="utf-8") as file:
            vocab = {number: _from_printable(token) for token, number in json.load(file).items()}
        merges = []
        with open(merges_filepath, encoding="utf-8", newline="\n") as file:
            for place, line in enumerate(file):
                line = line.rstrip("\r\n")
                if line and not (place == 0 and line.startswith("#version")):
                    left, right = line.split(" ")
                    merges.append((_from_printable(left), _from_printable(right)))
        return cls(vocab, merges, special_tokens)

    def encode(self, text: str) -> list[int]:
        ids: list[int] = []
        for part, special in self._specials.split(text):
            if special is not None:
                ids.append(self._special_ids[special])
            else:
                for match in _PRE_TOKEN.finditer(part):
                    ids.extend(self._word(match.group()))
        return ids

    def encode_iterable(self, strings: Iterable[str]) -> Iterator[int]:
        pending = _Pending()
        held = ""  # the end of the text so far, where a special token may have begun
        for string in strings:
            if not string:
                continue
            text, place = held + string, 0
            doubt = self._specials.open_end(text, place)
            while place < doubt:
                match = self._specials.find(text, place)
                if match is None or doubt <= match.start():
                    break
                for word in pending.extend(text[place : match.start()]):
                    yield from self._word(word)
                for word in pending.finish():
                    yield from self._word(word)
                yield self._special_ids[match.group()]
                place = match.end()
                if doubt < place:
                    doubt = self._specials.open_end(text, place)
            held = text[doubt:]
            for word in pending.extend(text[place:doubt]):
                yield from self._word(word)
            if held:
                # A special token is there already, only a longer one may come; or perhaps none is.
                certain = self._specials.begins(held)
                for word in pending.finish() if certain else pending.settled_before(held):
                    yield from self._word(word)
        for part, special in self._specials.split(held):
            if special is None:
                for word in pending.extend(part):
                    yield from self._word(word)
            else:
                for word in pending.finish():
                    yield from self._word(word)
                yield self._special_ids[special]
        for word in pending.finish():
            yield from self._word(word)

    def decode(self, ids: Iterable[int]) -> str:
        parts = []
        for number in ids:
            if number not in self._bytes:
                raise ValueError(f"id {number!r} is not in the vocabulary")
            parts.append(self._bytes[number])
        return b"".join(parts).decode("utf-8", errors="replace")

    def _word(self, word: str) -> Iterable[int]:
        return self._short_word(word) if len(word) <= 40 else self._merge_many(word)

    def _merge_few(self, word: str) -> tuple[int, ...]:
        tokens = list(word.encode("utf-8"))
        while len(tokens) > 1:
            steps = {pair: self._merges[pair] for pair in zip(tokens, tokens[1:]) if pair in self._merges}
            if not steps:
                break
            (left, right), (_, new) = min(steps.items(), key=lambda step: step[1])
            merged, waiting = [], False  # whether the last of merged is a left one that the next may join
            for token in tokens:
                if waiting and token == right:
                    merged[-1], waiting = new, False
                else:
                    merged.append(token)
                    waiting = token == left
            tokens = merged
        return tuple(self._numbered(tokens))

    def _merge_many(self, word: str) -> list[int]:
        tokens = list(word.encode("utf-8"))
        size = len(tokens)
        following, before = list(range(1, size + 1)), list(range(-1, size - 1))
        heap = []

        def suggest(place: int) -> None:
            after = following[place]
            if after < size and (step := self._merges.get((tokens[place], tokens[after]))):
                heapq.heappush(heap, (step[0], place, tokens[place], tokens[after], step[1]))

        for place in range(size - 1):
            suggest(place)
        while heap:
            _, place, left, right, new = heapq.heappop(heap)
            after = following[place]
            if tokens[place] != left or after >= size or tokens[after] != right:
                continue  # a neighbour was merged meanwhile
            tokens[place], tokens[after] = new, -1
            following[place] = following[after]
            if following[place] < size:
                before[following[place]] = place
                suggest(place)
            if before[place] >= 0:
                suggest(before[place])
        return self._numbered(token for token in tokens if token >= 0)

    def _numbered(self, tokens: Iterable[int]) -> list[int]:
        return [self._ids[token] for token in tokens]
