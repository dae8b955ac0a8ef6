"""Task 1.1: words as tokens, vocabularies of words, and what a tokenization saves."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import regex


_TOKEN = regex.compile(
    r"""
      (?: \p{L} \. ){2,}                                                # U.K.
    | \p{N}+ (?: [.,] \p{N}+ )*                                         # 1,000.5
    | \p{L} [\p{L}\p{M}]* (?: ['’-] \p{L} [\p{L}\p{M}]* )*              # well-known
    | \S                                                                # $
    """,
    regex.VERBOSE,
)


def split_words(text: str) -> list[str]:
    return [match.group() for match in _TOKEN.finditer(text)]


def build_vocabulary(texts: list[str], max_size: int) -> dict[str, int]:
    if max_size < 1:
        raise ValueError(f"max_size={max_size!r}: the vocabulary needs room for [UNK]")
    counts = Counter(chain.from_iterable(map(split_words, texts)))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))[: max_size - 1]
    return {word: number for number, word in enumerate(["[UNK]", *ranked])}


def words_to_ids(words: list[str], vocabulary: dict[str, int]) -> list[int]:
    unknown = vocabulary["[UNK]"]
    return [vocabulary.get(word, unknown) for word in words]


def ids_to_words(ids: list[int], vocabulary: dict[str, int]) -> list[str]:
    names = {number: word for word, number in vocabulary.items()}
    found = []
    for number in ids:
        if number not in names:
            raise ValueError(f"id {number!r} is not in the vocabulary")
        found.append(names[number])
    return found


def compression_ratio(text: str, ids: list[int]) -> float:
    size, tokens = len(text.encode("utf-8")), len(ids)
    if tokens:
        return size / tokens
    if size:
        raise ValueError(f"a text of {size} bytes has no tokens")
    return 1.0
