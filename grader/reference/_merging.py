"""Merging pairs: learning which, over all words at once; and applying them to one word.

Learning keeps all distinct words end to end in one array, and a pair is a lot of places in it. Three things make
it fast: numpy works on all places of a pair at once; a pair is counted again only when it comes up to be merged;
and pairs that are too rare to be merged soon are not looked at.
"""

from __future__ import annotations

import heapq
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

_INVERT = bytes(255 - byte for byte in range(256))
_END = "\u0100"  # above every inverted byte, so that a prefix sorts after what it begins

_Array = npt.NDArray[np.int64]
_Pair = tuple[int, int, int, _Array]  # how often it occurs, left id, right id, places
_Rules = dict[tuple[int, int], tuple[int, int]]  # rank and merged id of each pair that is merged
_NEVER = (sys.maxsize, -1)  # stands for the rule of a pair that is not


def learn_merges(
    words: Counter[bytes], wanted: int, tie_key: Callable[[bytes], Any] | None = None
) -> list[tuple[bytes, bytes]]:
    """The first `wanted` merges of these counted words, or fewer when no pair is left.

    Each round puts the most frequent pairs of its moment on a heap, and merges until those that it left out
    may be as frequent. The count of a pair only falls once it is there: what comes up is counted again, and goes
    back if it fell. No two merges give the same bytes, as bytes between two boundaries are always cut alike.

    Equally frequent pairs come in order of the `tie_key` of their left tokens, then of their right ones; it is
    asked once for each token, in order of ids. Libraries have other ways than the task's, and can be compared so.

    >>> learn_merges(Counter({b"hug": 2, b"pug": 1}), 9)
    [(b'u', b'g'), (b'h', b'ug'), (b'p', b'ug')]
    """
    tie_key = tie_key or _descending
    tokens = [bytes([byte]) for byte in range(256)]
    keys = [tie_key(token) for token in tokens]
    merges: list[tuple[bytes, bytes]] = []
    corpus = _Corpus(words)
    while len(merges) < wanted and (found := corpus.frequent_pairs(2 * len(tokens))):
        heap = [(-n, keys[left], keys[right], left, right, places) for n, left, right, places in found]
        heapq.heapify(heap)
        while heap and len(merges) < wanted:
            negative, *_, left, right, places = heapq.heappop(heap)
            pair = corpus.recounted(left, right, places)
            if pair[0] == -negative:
                merges.append((tokens[left], tokens[right]))
                tokens.append(tokens[left] + tokens[right])
                keys.append(tie_key(tokens[-1]))
                found = corpus.merge(*pair)
            else:
                found = [pair] if pair[0] >= corpus.floor else []
            for n, left, right, places in found:
                heapq.heappush(heap, (-n, keys[left], keys[right], left, right, places))
    return merges


def _descending(token: bytes) -> str:
    """A key under which the greatest byte string sorts first.

    >>> sorted([b"a", b"ab", b"b"], key=_descending)
    [b'b', b'ab', b'a']
    """
    return token.translate(_INVERT).decode("latin-1") + _END


class _Corpus:
    """All distinct words end to end, as the tokens that they are cut into.

    A token's id stands where its first byte is, and where its last one is; what is between is never read. A
    boundary between two tokens is the place of the first byte after it, so that the ids of the two stand there
    and one place before. Each boundary has the number of times that its word occurs; all other places, and
    those between two words, have 0. Pairs with fewer than `floor` occurrences are left out of every answer.
    """

    def __init__(self, words: Counter[bytes]) -> None:
        self.ids = np.frombuffer(b"".join(words) + b"\0", np.uint8).astype(np.int64)
        sizes = np.fromiter(map(len, words), np.int64)
        self.times = np.append(0, np.repeat(np.fromiter(words.values(), np.int64), sizes))
        self.times[np.cumsum(sizes)] = 0  # where a word ends
        self.lengths = [1] * 256
        self.floor = 1

    def frequent_pairs(self, number: int) -> list[_Pair]:
        """So many pairs, the most frequent ones, and those at least half as frequent, which is the new floor."""
        boundaries = self.times.nonzero()[0]
        if not len(boundaries):
            return []
        places, starts, counts = self._by_pair(boundaries)
        number = min(number, len(counts))
        self.floor = max(1, int(np.partition(counts, -number)[-number]) // 2)
        return self._above_floor(places, starts, counts)

    def recounted(self, left: int, right: int, places: _Array) -> _Pair:
        """The pair as it is now, with those of its places where it still stands."""
        places = places[(self.ids[places - 1] == left) & (self.ids[places] == right)]
        return int(self.times[places].sum()), left, right, places

    def merge(self, _: int, left: int, right: int, places: _Array) -> list[_Pair]:
        """Merge the pair at these places, where it stands, and return the pairs that this gives rise to."""
        if left == right:
            places = _without_overlaps(places, self.lengths[left])
        before, after = places - self.lengths[left], places + self.lengths[right]
        new = len(self.lengths)
        self.lengths.append(self.lengths[left] + self.lengths[right])
        self.ids[before] = self.ids[after - 1] = new
        self.times[places] = 0
        after = after[self.ids[after] != new]  # else it is the boundary before another of the places
        fresh = np.concatenate([before, after])
        fresh = fresh[self.times[fresh] > 0]  # not between two words
        return self._above_floor(*self._by_pair(fresh)) if len(fresh) else []

    def _by_pair(self, places: _Array) -> tuple[_Array, _Array, _Array]:
        """Boundaries sorted by the pair that stands there; where each pair starts among them; its occurrences."""
        pairs = self.ids[places - 1] * len(self.lengths) + self.ids[places]
        order = pairs.argsort(kind="stable")
        pairs, places = pairs[order], places[order]
        starts = np.concatenate([[0], (pairs[1:] != pairs[:-1]).nonzero()[0] + 1])
        return places, starts, np.add.reduceat(self.times[places], starts)

    def _above_floor(self, places: _Array, starts: _Array, counts: _Array) -> list[_Pair]:
        """Those of the pairs that are frequent enough."""
        frequent = (counts >= self.floor).nonzero()[0]
        if not len(frequent):
            return []
        firsts = starts[frequent]
        ends = np.append(starts[1:], len(places))[frequent]
        lefts, rights = self.ids[places[firsts] - 1], self.ids[places[firsts]]
        columns = (column.tolist() for column in (counts[frequent], lefts, rights, firsts, ends))
        return [(n, left, right, places[first:end]) for n, left, right, first, end in zip(*columns, strict=True)]


def _without_overlaps(places: _Array, length: int) -> _Array:
    """Every other one of boundaries that follow each other after one token of that length, from the left.

    >>> _without_overlaps(np.array([3, 5, 7, 10, 12]), 2).tolist()
    [3, 7, 10]
    """
    firsts = np.flatnonzero(np.diff(places, prepend=-length) != length)
    number = np.arange(len(places)) - np.repeat(firsts, np.diff(firsts, append=len(places)))
    kept: _Array = places[number % 2 == 0]
    return kept


def merge_ids(ids: list[int], rules: _Rules) -> list[int]:
    """Apply merge rules {pair: (rank, merged id)} to one word: each has one turn, in order of rank, left to right.

    >>> merge_ids([7, 7, 7], {(7, 7): (0, 8)})
    [8, 7]
    """
    return _merge_short(ids, rules) if len(ids) < 64 else _merge_long(ids, rules)


def _merge_short(ids: list[int], rules: _Rules) -> list[int]:
    """Merge the leftmost of the pairs whose turn is first, again and again: n * n quick steps for n ids."""
    ids = list(ids)
    turns = [rules.get(pair, _NEVER) for pair in pairwise(ids)]
    while turns and (turn := min(turns)) is not _NEVER:
        at = turns.index(turn)
        ids[at : at + 2] = [turn[1]]
        del turns[at]
        for place in (at - 1, at):
            if 0 <= place < len(turns):
                later = rules.get((ids[place], ids[place + 1]), _NEVER)
                turns[place] = later if later > turn else _NEVER  # an earlier merge has had its turn
    return ids


def _merge_long(ids: list[int], rules: _Rules) -> list[int]:
    """The same in about n steps: a linked list, and for each pair whose turn is to come, where it stood."""
    ids = [*ids, -1]
    following = list(range(1, len(ids) + 1))
    previous = list(range(-1, len(ids) - 1))
    places: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, pair in enumerate(pairwise(ids)):
        if pair in rules:
            places[pair].append(place)
    turns = [(rules[pair], pair) for pair in places]
    heapq.heapify(turns)
    while turns:
        turn, (left, right) = heapq.heappop(turns)
        new = turn[1]
        for place in sorted(places.pop((left, right))):
            second = following[place]
            if ids[place] != left or ids[second] != right:
                continue
            before, after = previous[place], following[second]
            ids[place], ids[second] = new, -1
            following[place], previous[after] = after, place
            for at, pair in ((before, (ids[before], new)), (place, (new, ids[after]))):
                if pair in rules and rules[pair] > turn:  # an earlier merge has had its turn
                    if pair not in places:
                        heapq.heappush(turns, (rules[pair], pair))
                    places[pair].append(at)
    return [identifier for identifier in ids if identifier != -1]
