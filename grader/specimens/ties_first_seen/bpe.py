import heapq
from collections import Counter, defaultdict
from itertools import pairwise


def count_pre_tokens(path: Path, special_tokens: list[str]) -> Counter[bytes]:
    """Pre-tokens in order of first sight."""
    text = path.read_bytes().decode(errors="replace")
    pieces = special_pattern(special_tokens).split(text)[::2] if special_tokens else [text]
    return Counter(word.encode() for piece in pieces for word in PATTERN.findall(piece))


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
