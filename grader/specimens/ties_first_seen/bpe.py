import heapq
from collections import Counter

from ._merging import _Links


def learn_merges(words: Counter[bytes], wanted: int) -> list[tuple[bytes, bytes]]:
    """Ties go to the pair that stands first in the corpus."""
    tokens = [bytes([byte]) for byte in range(256)]
    links = _Links(words)
    heap = [(-n, pair) for pair, n in links.counts.items()]
    heapq.heapify(heap)
    merges: list[tuple[bytes, bytes]] = []
    while heap and len(merges) < wanted:
        tied: set[tuple[int, int]] = set()
        most = 0
        while heap and -heap[0][0] >= most:
            negative, pair = heapq.heappop(heap)
            now = links.counts.get(pair, 0)
            if now == -negative:
                most = now
                tied.add(pair)
            elif now:
                heapq.heappush(heap, (-now, pair))
        if not tied:
            break
        best = min(tied, key=lambda pair: first_place(links, pair))
        for pair in tied - {best}:
            heapq.heappush(heap, (-most, pair))
        merges.append((tokens[best[0]], tokens[best[1]]))
        tokens.append(tokens[best[0]] + tokens[best[1]])
        for pair in links.merge(*best, len(tokens) - 1):
            heapq.heappush(heap, (-links.counts[pair], pair))
    return merges


def first_place(links: _Links, pair: tuple[int, int]) -> int:
    """Where the pair stands first."""
    return min(
        place
        for place in links.places[pair]
        if links.ids[place] == pair[0] and links.ids[links.next[place]] == pair[1]
    )
