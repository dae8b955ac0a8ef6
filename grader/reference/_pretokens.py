"""From a file to counted pre-tokens: GPT-2's pattern, hard boundaries at special tokens, in parallel."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path
from typing import BinaryIO

import regex

PATTERN = regex.compile(r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
CHUNK_BYTES = 2**17  # small enough that checks with half a megabyte see several
PARALLEL_BYTES = 2**22  # below this, starting processes costs more than it saves
PARALLEL_CHUNK_BYTES = 2**23  # at most: a process needs ten times as much memory

# The same pattern, blind to kinds of characters: what it finds are one or more pre-tokens, and far fewer different
# ones than pieces of text, so that the slow pattern need only see each of them once. `re` means more by \s.
_SPACE = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
ROUGH_PATTERN = re.compile(f" ?[^{_SPACE}]+|[{_SPACE}]+(?![^{_SPACE}])|[{_SPACE}]+")
BLOCKS = re.compile(f"(?s:.{{1,65536}})[{_SPACE}]*[^{_SPACE}]*")  # cuts a long text where both patterns do

# A word character before white space always ends a pre-token, and nothing before it looks past it.
_WORD_START = regex.compile(rb"(?<=[0-9A-Za-z])[ \n]")


def check_special_tokens(special_tokens: list[str]) -> None:
    """Refuse an empty or a repeated special token."""
    for token, times in Counter(special_tokens).items():
        if not token:
            raise ValueError("special_tokens holds an empty string, which would match everywhere")
        if times > 1:
            raise ValueError(f"special token {token!r} is given {times} times")


def special_pattern(special_tokens: list[str]) -> regex.Pattern[str]:
    """A pattern that finds special tokens, the longest at each place, and captures them for `split`."""
    return _alternation(tuple(special_tokens))


@lru_cache(maxsize=64)
def _alternation(special_tokens: tuple[str, ...]) -> regex.Pattern[str]:
    longest_first = sorted(special_tokens, key=len, reverse=True)
    return regex.compile("(" + "|".join(map(regex.escape, longest_first)) + ")")


def count_pre_tokens(path: Path, special_tokens: list[str]) -> Counter[bytes]:
    """How often each pre-token occurs. Memory grows with distinct pre-tokens, not with the file."""
    size = path.stat().st_size
    total: Counter[bytes] = Counter()
    if size < PARALLEL_BYTES:
        for start, end in pairwise(_boundaries(path, special_tokens, CHUNK_BYTES)):
            total.update(_count_range(path, start, end, special_tokens))
        return total
    processes = min(os.cpu_count() or 1, 8)
    chunk = min(size // (2 * processes), PARALLEL_CHUNK_BYTES)  # several for each, since some are slower
    ranges = list(pairwise(_boundaries(path, special_tokens, chunk)))
    with ProcessPoolExecutor(processes) as pool:
        for counts in pool.map(
            _count_range,
            [path] * len(ranges),
            *zip(*ranges, strict=True),
            [special_tokens] * len(ranges),
        ):
            total.update(counts)
    return total


def _count_range(path: Path, start: int, end: int, special_tokens: list[str]) -> Counter[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        text = file.read(end - start).decode("utf-8", errors="replace")
    pieces = special_pattern(special_tokens).split(text)[::2] if special_tokens else [text]
    counts = _refined(Counter(chain.from_iterable(map(ROUGH_PATTERN.findall, pieces))))
    return Counter({word.encode(): times for word, times in counts.items()})


def _refined(rough: Counter[str]) -> Counter[str]:
    """How often each pre-token occurs in these, which occur so often.

    The slow pattern sees all of them at once, with line ends between, which it finds as pre-tokens of their own.

    >>> _refined(Counter({" it's": 2, "it": 1}))
    Counter({' it': 2, "'s": 2, 'it': 1})
    """
    counts = Counter({run: times for run, times in rough.items() if run.isspace()})  # each is one pre-token
    rest = [run for run in rough if run not in counts]
    times = iter([rough[run] for run in rest])
    now = next(times, 0)
    for word in PATTERN.findall("\n".join(rest)):
        if word == "\n":
            now = next(times)
        else:
            counts[word] += now
    return counts


def _boundaries(path: Path, special_tokens: list[str], chunk: int) -> Iterator[int]:
    """Offsets that cut the file into chunks of this many bytes or more, where a cut changes no pre-token."""
    size = path.stat().st_size
    tokens = [token.encode() for token in special_tokens]
    chunk = max([chunk, *map(len, tokens)])
    yield 0
    with path.open("rb") as file:
        last = 0
        while last + chunk < size:
            found = _next_cut(file, last + chunk, tokens)
            if found is None:
                break
            yield found
            last = found
    yield size


def _next_cut(file: BinaryIO, position: int, tokens: list[bytes]) -> int | None:
    """The first safe cut at or after position: before a special token, else between word and space."""
    longest = max(map(len, tokens), default=1)
    patterns = [regex.compile(b"|".join(map(regex.escape, tokens)))] if tokens else []
    while True:
        file.seek(position - longest)
        window = file.read(CHUNK_BYTES + 2 * longest)
        for pattern in [*patterns, _WORD_START]:
            for match in pattern.finditer(window, longest, max(len(window) - longest, 0)):
                if not _spanned(window, match.start(), tokens):
                    return position - longest + match.start()
        if len(window) < CHUNK_BYTES + 2 * longest:
            return None
        position += CHUNK_BYTES


def _spanned(window: bytes, cut: int, tokens: list[bytes]) -> bool:
    """Whether some special token begins before the cut and ends after it."""
    return any(window.startswith(token, start) for token in tokens for start in range(cut - len(token) + 1, cut))
