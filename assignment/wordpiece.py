"""Task 1.3: WordPiece, BERT's way to cut words into pieces."""

from __future__ import annotations


def basic_tokenize(text: str) -> list[str]:
    """Words and punctuation of a text, without capitals and accents, as uncased BERT reads it. (Task 1.3.)

    Control characters are dropped (but tab, line feed and carriage return, which are white space), the text is
    lower-cased and decomposed (NFD), and combining marks (Mn) are dropped. White space separates; each punctuation
    character and each ideograph is a token by itself. The handout says which those are.

    >>> basic_tokenize("Héllo, wORLD! 日本")
    ['hello', ',', 'world', '!', '日', '本']
    """
    raise NotImplementedError("Task 1.3: basic_tokenize in assignment/wordpiece.py")


def train_wordpiece(word_counts: dict[str, int], vocab_size: int, special_tokens: list[str]) -> list[str]:
    """Learn a WordPiece vocabulary from words and how often each occurs. (Task 1.3.)

    A word begins as its letters, all but the first with `##` in front. Each step joins the pair of neighbours with
    the highest score, count(pair) / (count(left) * count(right)), over all words with multiplicity; of equal
    scores, compared exactly, the greatest pair of strings. In a word it is joined from left to right without
    overlap.

    Args:
        word_counts: words, not empty and without `#`, and their counts.
        vocab_size: entries at most.
        special_tokens: come first in the vocabulary, in this order.

    Returns:
        the tokens in order of their ids: special tokens, letters (with and without `##`) in order of their code
        points, then joined tokens as learned. A token that is there already is not added again.

    Raises:
        ValueError: vocab_size is below the number of special tokens and letters, or a special token is empty or
            given twice; the message names it.

    Source: Hugging Face's course, which so explains an unpublished trainer; Devlin et al. 2019 for `##`.

    >>> train_wordpiece({"ab": 3, "cb": 1}, vocab_size=5, special_tokens=["[UNK]"])
    ['[UNK]', '##b', 'a', 'c', 'cb']
    """
    raise NotImplementedError("Task 1.3: train_wordpiece in assignment/wordpiece.py")


def wordpiece_tokenize(word: str, vocabulary: dict[str, int], max_letters: int) -> list[str]:
    """The pieces of a word: from left to right, the longest that is in the vocabulary. (Task 1.3.)

    All but the first piece begin with `##`. When at some place no piece fits, or the word has more than
    max_letters characters, the word as a whole is `[UNK]`.

    >>> vocabulary = {"[UNK]": 0, "un": 1, "##lock": 2, "##l": 3, "##ed": 4}
    >>> wordpiece_tokenize("unlocked", vocabulary, max_letters=100)
    ['un', '##lock', '##ed']
    >>> wordpiece_tokenize("unlocking", vocabulary, max_letters=100)
    ['[UNK]']
    """
    raise NotImplementedError("Task 1.3: wordpiece_tokenize in assignment/wordpiece.py")


def encode(text: str, vocabulary: dict[str, int]) -> list[int]:
    """The ids of a text, `[CLS]` first and `[SEP]` last; words have 100 letters at most. (Task 1.3.)

    >>> encode("Hello world", {"[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "hello": 7592, "world": 2088})
    [101, 7592, 2088, 102]
    """
    raise NotImplementedError("Task 1.3: encode in assignment/wordpiece.py")
