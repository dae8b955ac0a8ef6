"""Task 1.1: words as tokens, vocabularies of words, and what a tokenization saves."""

from __future__ import annotations


def split_words(text: str) -> list[str]:
    """Words, numbers and punctuation of a text, in order. (Task 1.1.)

    From left to right, the first of four rules that fits takes as much as it can: an abbreviation, a number,
    a word, any other character that is not white space. The handout gives each rule exactly.

    >>> split_words("Apple is looking at buying U.K. startup for $1 billion")
    ['Apple', 'is', 'looking', 'at', 'buying', 'U.K.', 'startup', 'for', '$', '1', 'billion']
    """
    raise NotImplementedError("Task 1.1: split_words in assignment/words.py")


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
    raise NotImplementedError("Task 1.1: build_vocabulary in assignment/words.py")


def words_to_ids(words: list[str], vocabulary: dict[str, int]) -> list[int]:
    """The id of each word; a word that is not in the vocabulary gets that of `[UNK]`. (Task 1.1.)

    >>> words_to_ids(["the", "bird"], {"[UNK]": 0, "the": 1})
    [1, 0]
    """
    raise NotImplementedError("Task 1.1: words_to_ids in assignment/words.py")


def ids_to_words(ids: list[int], vocabulary: dict[str, int]) -> list[str]:
    """The word of each id. (Task 1.1.)

    Raises:
        ValueError: an id is not in the vocabulary; the message names it.

    >>> ids_to_words([1, 0], {"[UNK]": 0, "the": 1})
    ['the', '[UNK]']
    """
    raise NotImplementedError("Task 1.1: ids_to_words in assignment/words.py")


def compression_ratio(text: str, ids: list[int]) -> float:
    """UTF-8 bytes of a text for each of its tokens. (Task 1.1.)

    An empty text without tokens has ratio 1: nothing was saved, and nothing lost. With tokens it has ratio 0.

    Raises:
        ValueError: a text that is not empty has no tokens.

    >>> compression_ratio("naïve", [1, 2])
    3.0
    """
    raise NotImplementedError("Task 1.1: compression_ratio in assignment/words.py")
