"""Task 1.2."""

from __future__ import annotations

import heapq
import json
from collections import Counter, defaultdict
from functools import lru_cache
from itertools import chain, count, islice, pairwise
from pathlib import Path
from typing import NamedTuple

import regex

_PRETOKEN = regex.compile(r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
_BYTES = tuple(bytes((n,)) for n in range(256))


class Pair(NamedTuple):
    left: bytes
    right: bytes


class _Candidate:
    """A heap entry; smallest is the most frequent pair, of equals the greatest one."""

    __slots__ = ("times", "pair")

    def __init__(self, times, pair):
        self.times, self.pair = times, pair

    def __lt__(self, other):
        return (self.times, self.pair) > (other.times, other.pair)


def _splitter(special_tokens):
    if not special_tokens:
        return None
    return regex.compile("|".join(map(regex.escape, sorted(special_tokens, key=len, reverse=True))))


def train_bpe(input_path, vocab_size, special_tokens):
    seen = set()
    for token in special_tokens:
        if not token:
            raise ValueError(f"empty special token: {token!r}")
        if token in seen:
            raise ValueError(f"special token given twice: {token}")
        seen.add(token)
    if vocab_size < 256 + len(seen):
        raise ValueError(f"vocab_size {vocab_size} is below {256 + len(seen)}")

    text = Path(input_path).read_bytes().decode("utf-8", "replace")
    splitter = _splitter(special_tokens)
    segments = splitter.split(text) if splitter else (text,)
    words = Counter(m.group().encode() for s in segments for m in _PRETOKEN.finditer(s))

    # one linked list for all the distinct words; -1 is a wall between them
    token, weight, before, after = [], [], [], []
    for word, times in words.items():
        first = len(token)
        token += (_BYTES[b] for b in word)
        weight += [times] * len(word)
        before += chain([-1], range(first, first + len(word) - 1))
        after += chain(range(first + 1, first + len(word)), [-1])

    times = defaultdict(int)
    places = defaultdict(set)
    for i, j in enumerate(after):
        if j >= 0:
            pair = token[i], token[j]
            times[pair] += weight[i]
            places[pair].add(i)
    heap = [_Candidate(n, p) for p, n in times.items()]
    heapq.heapify(heap)

    merges = []
    while heap and len(merges) < vocab_size - 256 - len(seen):
        best = heapq.heappop(heap)
        if (now := times.get(best.pair, 0)) != best.times:
            continue
        if not now:
            continue
        pair = best.pair
        joined = pair[0] + pair[1]
        merges.append(Pair(*pair))
        changed = set()

        def shift(i, j, amount):
            p = token[i], token[j]
            times[p] += amount
            if amount > 0:
                places[p].add(i)
            else:
                places[p].discard(i)
            changed.add(p)

        for i in sorted(places[pair]):
            j = after[i]
            if j < 0 or token[i] != pair[0] or token[j] != pair[1] or token[i] is None:
                continue
            w, h, k = weight[i], before[i], after[j]
            if h >= 0:
                shift(h, i, -w)
            if k >= 0:
                shift(j, k, -w)
            shift(i, j, -w)
            token[i], token[j] = joined, None
            after[i] = k
            if k >= 0:
                before[k] = i
                shift(i, k, w)
            if h >= 0:
                shift(h, i, w)
        for p in changed:
            if times[p]:
                heapq.heappush(heap, _Candidate(times[p], p))
            else:
                times.pop(p)
                places.pop(p, None)
    vocab = dict(zip(count(), chain((s.encode() for s in special_tokens), _BYTES, (l + r for l, r in merges))))
    return vocab, list(map(tuple, merges))


def _printable():
    plain = {*range(33, 127), *range(161, 173), *range(174, 256)}
    odd = count(256)
    return {chr(b) if b in plain else chr(next(odd)): b for b in range(256)}


class Tokenizer:
    def __init__(self, vocab, merges, special_tokens=None):
        self._bytes_of = dict(vocab)
        self._id_of = {}
        first_id_of = {}
        for i, b in sorted(self._bytes_of.items()):
            self._id_of[b] = i
            first_id_of.setdefault(b, i)
        self._special = {}
        fresh = count(max(self._bytes_of, default=-1) + 1)
        for s in dict.fromkeys(special_tokens or ()):
            raw = s.encode()
            if raw not in first_id_of:
                new = next(fresh)
                self._bytes_of[new] = raw
                first_id_of[raw] = new
            self._special[s] = first_id_of[raw]
        self._splitter = _splitter(self._special)
        self._rank = {}
        for r, (a, b) in enumerate(merges):
            self._rank.setdefault((bytes(a), bytes(b)), r)
        self._word = lru_cache(maxsize=1 << 14)(self._encode_word)

    @classmethod
    def from_files(cls, vocab_filepath, merges_filepath, special_tokens=None):
        table = _printable()

        def raw(s):
            return bytes(map(table.__getitem__, s)) if all(c in table for c in s) else s.encode()

        names = json.loads(Path(vocab_filepath).read_text(encoding="utf-8"))
        lines = Path(merges_filepath).read_text(encoding="utf-8").split("\n")
        lines = islice(lines, int(lines[0].startswith("#version")), None)
        merges = [tuple(map(raw, line.split(" "))) for line in lines if line.strip()]
        return cls({i: raw(s) for s, i in names.items()}, merges, special_tokens)

    def _encode_word(self, word):
        """Merges of one pre-token, by a heap of (rank, place)."""
        parts = [_BYTES[b] for b in word]
        n = len(parts)
        after, before = [*range(1, n), -1], [-1, *range(n - 1)]
        rank = self._rank
        heap = [(rank[p], i) for i, p in enumerate(pairwise(parts)) if p in rank]
        heapq.heapify(heap)
        while heap:
            r, i = heapq.heappop(heap)
            j = after[i]
            if parts[i] is None or j < 0 or rank.get((parts[i], parts[j])) != r:
                continue
            parts[i] += parts[j]
            parts[j] = None
            k = after[i] = after[j]
            if k >= 0:
                before[k] = i
            for a, b in ((before[i], i), (i, k)):
                # "in the order in which they were learned": an earlier merge has had its turn
                if a >= 0 and b >= 0 and rank.get((parts[a], parts[b]), -1) > r:
                    heapq.heappush(heap, (rank[parts[a], parts[b]], a))
        return tuple(self._id_of[p] for p in parts if p is not None)

    def _segments(self, text):
        """(plain text, special token or None), ..."""
        here = 0
        if self._splitter:
            for m in self._splitter.finditer(text):
                yield text[here : m.start()], m.group()
                here = m.end()
        yield text[here:], None

    def _plain(self, text):
        for m in _PRETOKEN.finditer(text):
            yield from (
                self._word(m.group().encode())
                if m.end() - m.start() < 200
                else self._encode_word(m.group().encode())
            )

    def _closed(self, text):
        for plain, special in self._segments(text):
            yield from self._plain(plain)
            if special is not None:
                yield self._special[special]

    def encode(self, text):
        return [*self._closed(text)]

    def encode_iterable(self, strings):
        held, fresh = "", []
        longest = max(map(len, self._special), default=0)
        size = 0
        for s in strings:
            fresh.append(s)
            size += len(s)
            if size * 4 < len(held) and len(fresh) < 64:
                continue
            held += "".join(fresh)
            fresh, size = [], 0
            cut, here = 0, 0
            for ids, cut in self._settled(held, longest):
                yield from ids
            held = held[cut:]
        yield from self._closed(held + "".join(fresh))

    def _settled(self, text, longest):
        """Pairs (ids, end): what no later text can change."""

        def open_start(low):
            """The first place from low on where a special token may begin that later text completes."""
            for q in range(max(low, len(text) - longest + 1), len(text)):
                rest = text[q:]
                if any(len(s) > len(rest) and s.startswith(rest) for s in self._special):
                    return q
            return len(text)

        here = 0
        limit = open_start(0)
        if self._splitter:
            for m in self._splitter.finditer(text):
                if m.start() >= limit:
                    break
                yield self._plain(text[here : m.start()]), m.start()
                yield (self._special[m.group()],), m.end()
                here = m.end()
                if limit < here:
                    limit = open_start(here)
        spans = [m.span() for m in _PRETOKEN.finditer(text, here, limit)]
        if not spans:
            return
        keep = 1
        if len(spans) > 1 and text[spans[-2][0] : limit] in ("'l", "'v", "'r"):
            keep = 2
        for a, b in spans[:-keep]:
            yield self._word(text[a:b].encode()), b

    def decode(self, ids):
        def one(i):
            try:
                return self._bytes_of[i]
            except KeyError:
                raise ValueError(f"unknown id {i}") from None

        return b"".join(map(one, ids)).decode("utf-8", "replace")
