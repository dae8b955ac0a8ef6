"""Merging pairs: learning which, over all words at once; and applying them to one word.

Learning keeps every distinct word as a doubly linked list of token ids in flat lists. A pair knows the
places where it occurs, its count is kept up to date, and a heap gives the best pair: a merge touches only
its own places, and nothing is ever scanned again.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from itertools import pairwise

_INVERT = bytes(255 - byte for byte in range(256))
_END = "\u0100"  # above every inverted byte, so that a prefix sorts after what it begins


def learn_merges(words: Counter[bytes], wanted: int) -> list[tuple[bytes, bytes]]:
    """The first `wanted` merges of these counted words, or fewer when no pair is left.

    >>> learn_merges(Counter({b"hug": 2, b"pug": 1}), 9)
    [(b'u', b'g'), (b'h', b'ug'), (b'p', b'ug')]
    """
    tokens = [bytes([byte]) for byte in range(256)]
    ids = {token: byte for byte, token in enumerate(tokens)}
    order = [_descending(token) for token in tokens]
    links = _Links(words)
    heap = [(-n, order[a], order[b], a, b) for (a, b), n in links.counts.items()]
    heapq.heapify(heap)
    merges: list[tuple[bytes, bytes]] = []
    while heap and len(merges) < wanted:
        negative, *_, left, right = heapq.heappop(heap)
        now = links.counts.get((left, right), 0)
        if now != -negative:  # counts only fall after an entry is pushed: put it back with today's
            if now:
                heapq.heappush(heap, (-now, order[left], order[right], left, right))
            continue
        merges.append((tokens[left], tokens[right]))
        new = ids.setdefault(tokens[left] + tokens[right], len(tokens))
        if new == len(tokens):  # else two merges give the same bytes, which are one token
            tokens.append(tokens[left] + tokens[right])
            order.append(_descending(tokens[new]))
        for a, b in links.merge(left, right, new):
            heapq.heappush(heap, (-links.counts[a, b], order[a], order[b], a, b))
    return merges


def _descending(token: bytes) -> str:
    """A key under which the greatest byte string sorts first.

    >>> sorted([b"a", b"ab", b"b"], key=_descending)
    [b'b', b'ab', b'a']
    """
    return token.translate(_INVERT).decode("latin-1") + _END


class _Links:
    """All distinct words as linked lists of token ids, with the count and the places of each pair."""

    def __init__(self, words: Counter[bytes]) -> None:
        self.ids: list[int] = []
        self.times: list[int] = []
        for word, times in words.items():
            self.ids += word
            self.ids.append(-1)  # a wall between words
            self.times += [times] * (len(word) + 1)
        self.next = list(range(1, len(self.ids) + 1))
        self.previous = list(range(-1, len(self.ids) - 1))  # place -1 is the last wall
        self.counts: dict[tuple[int, int], int] = defaultdict(int)
        self.places: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place, pair in enumerate(pairwise(self.ids)):
            if -1 not in pair:
                self.counts[pair] += self.times[place]
                self.places[pair].append(place)

    def merge(self, left: int, right: int, new: int) -> set[tuple[int, int]]:
        """Merge the pair everywhere, left to right, and return the pairs that this gave rise to."""
        ids, times, following, previous = self.ids, self.times, self.next, self.previous
        counts, places = self.counts, self.places
        fresh: set[tuple[int, int]] = set()
        for place in sorted(places.pop((left, right))):
            second = following[place]
            if ids[place] != left or ids[second] != right:
                continue  # an overlapping or an older merge took one of the two
            n, before, after = times[place], previous[place], following[second]
            ids[place], ids[second] = new, -2
            following[place] = after
            previous[after] = place
            if ids[before] >= 0:
                counts[ids[before], left] -= n
                pair = (ids[before], new)
                counts[pair] += n
                places[pair].append(before)
                fresh.add(pair)
            if ids[after] >= 0:
                counts[right, ids[after]] -= n
                pair = (new, ids[after])
                counts[pair] += n
                places[pair].append(place)
                fresh.add(pair)
        counts.pop((left, right), None)
        return {pair for pair in fresh if counts[pair] > 0}


def merge_ids(ids: list[int], rules: dict[tuple[int, int], tuple[int, int]]) -> list[int]:
    """Apply merge rules {pair: (rank, merged id)} to one word: each has one turn, in order of rank, left to right.

    Takes n log n steps for n ids: a heap of candidate places over a linked list.

    >>> merge_ids([7, 7, 7], {(7, 7): (0, 8)})
    [8, 7]
    """
    ids = [*ids, -1]
    following = list(range(1, len(ids) + 1))
    previous = list(range(-1, len(ids) - 1))
    heap = [(rules[pair][0], place, *pair) for place, pair in enumerate(pairwise(ids)) if pair in rules]
    heapq.heapify(heap)
    while heap:
        turn, place, left, right = heapq.heappop(heap)
        second = following[place]
        if ids[place] != left or ids[second] != right:
            continue
        before, after = previous[place], following[second]
        ids[place], ids[second] = rules[left, right][1], -2
        following[place], previous[after] = after, place
        for at, pair in ((before, (ids[before], ids[place])), (place, (ids[place], ids[after]))):
            if pair in rules and rules[pair][0] > turn:  # an earlier merge has had its turn
                heapq.heappush(heap, (rules[pair][0], at, *pair))
    return [identifier for identifier in ids if identifier >= 0]
