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
    """Words, numbers and punctuation of a text, in order. (Task 1.1.)

    From left to right, the first of four rules that fits takes as much as it can: an abbreviation, a number,
    a word, any other character that is not white space. The handout gives each rule exactly.

    >>> split_words("Apple is looking at buying U.K. startup for $1 billion")
    ['Apple', 'is', 'looking', 'at', 'buying', 'U.K.', 'startup', 'for', '$', '1', 'billion']
    """
    return [match.group() for match in _TOKEN.finditer(text)]


def build_vocabulary(texts: list[str], max_size: int) -> dict[str, int]:
    """The most frequent words of some texts, each with an id. (Task 1.1.)

    Args:
        texts: they are split by `split_words`; upper and lower case differ.
        max_size: entries at most, `[UNK]` included.

    Returns:
        word to id: `[UNK]` is 0, then words by falling count, equally frequent ones in order of their code
        points, as Python compares strings.

    Raises:
        ValueError: max_size is below 1; the message names it.

    >>> build_vocabulary(["the cat", "the dog"], 3)
    {'[UNK]': 0, 'the': 1, 'cat': 2}
    """
    if max_size < 1:
        raise ValueError(f"max_size={max_size!r}: the vocabulary needs room for [UNK]")
    counts = Counter(chain.from_iterable(map(split_words, texts)))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))[: max_size - 1]
    return {word: number for number, word in enumerate(["[UNK]", *ranked])}


def words_to_ids(words: list[str], vocabulary: dict[str, int]) -> list[int]:
    """The id of each word; a word that is not in the vocabulary gets that of `[UNK]`. (Task 1.1.)

    >>> words_to_ids(["the", "bird"], {"[UNK]": 0, "the": 1})
    [1, 0]
    """
    unknown = vocabulary["[UNK]"]
    return [vocabulary.get(word, unknown) for word in words]


def ids_to_words(ids: list[int], vocabulary: dict[str, int]) -> list[str]:
    """The word of each id. (Task 1.1.)

    Raises:
        ValueError: an id is not in the vocabulary; the message names it.

    >>> ids_to_words([1, 0], {"[UNK]": 0, "the": 1})
    ['the', '[UNK]']
    """
    names = {number: word for word, number in vocabulary.items()}
    found = []
    for number in ids:
        if number not in names:
            raise ValueError(f"id {number!r} is not in the vocabulary")
        found.append(names[number])
    return found


def compression_ratio(text: str, ids: list[int]) -> float:
    """UTF-8 bytes of a text for each of its tokens. (Task 1.1.)

    An empty text without tokens has ratio 1: nothing was saved, and nothing lost. With tokens it has ratio 0.

    Raises:
        ValueError: a text that is not empty has no tokens.

    >>> compression_ratio("naïve", [1, 2])
    3.0
    """
    size, tokens = len(text.encode("utf-8")), len(ids)
    if tokens:
        return size / tokens
    if size:
        raise ValueError(f"a text of {size} bytes has no tokens")
    return 1.0
