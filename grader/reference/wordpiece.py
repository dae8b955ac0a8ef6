"""Task 1.3: WordPiece, BERT's way to cut words into pieces."""

from __future__ import annotations

import unicodedata
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import regex

UNKNOWN, CLASSIFY, SEPARATE = "[UNK]", "[CLS]", "[SEP]"
"""The tokens for a word that can't be cut into known pieces, for the start of a text and for its end."""

CONTINUES = "##"
"""What the pieces of a word begin with, but for the first."""

_IDEOGRAPHS = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f"
    "\U0002b820-\U0002ceaf\U0002f800-\U0002fa1f"
)
_SINGLE = rf"[{_IDEOGRAPHS}]|[!-/:-@\[-`{{-~]|\p{{P}}"
_TOKEN = regex.compile(rf"{_SINGLE}|(?:(?!{_SINGLE})\S)+")
_CONTROL = regex.compile(r"(?![\t\n\r])[\p{Cc}\p{Cf}]")


def basic_tokenize(text: str) -> list[str]:
    """Words and punctuation of a text, without capitals and accents, as uncased BERT reads it. (Task 1.3.)

    Control characters are dropped (but tab, line feed and carriage return, which are white space), the text is
    lower-cased and decomposed (NFD), and combining marks (Mn) are dropped. White space separates; each punctuation
    character and each ideograph is a token by itself. The handout says which those are.

    >>> basic_tokenize("Héllo, wORLD! 日本")
    ['hello', ',', 'world', '!', '日', '本']
    """
    decomposed = unicodedata.normalize("NFD", _CONTROL.sub("", text).lower())
    return _TOKEN.findall(regex.sub(r"\p{Mn}", "", decomposed))


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
    for token in special_tokens:
        if not token or special_tokens.count(token) > 1:
            raise ValueError(f"special token {token!r} is empty or given twice")
    words = [([word[0], *(CONTINUES + letter for letter in word[1:])], n) for word, n in word_counts.items()]
    letters = sorted({letter for word, _ in words for letter in word} - set(special_tokens))
    vocabulary = dict.fromkeys([*special_tokens, *letters])
    if vocab_size < len(vocabulary):
        raise ValueError(f"vocab_size={vocab_size} is below {len(vocabulary)}: special tokens and letters")
    while len(vocabulary) < vocab_size and (pair := _best_pair(words)):
        words = [(_joined(word, pair), n) for word, n in words]
        vocabulary[pair[0] + pair[1].removeprefix(CONTINUES)] = None
    return list(vocabulary)


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
    if len(word) > max_letters:
        return [UNKNOWN]
    pieces: list[str] = []
    start = 0
    while start < len(word):
        prefix = CONTINUES if start else ""
        ends = range(len(word), start, -1)
        end = next((end for end in ends if prefix + word[start:end] in vocabulary), None)
        if end is None:
            return [UNKNOWN]
        pieces.append(prefix + word[start:end])
        start = end
    return pieces


def encode(text: str, vocabulary: dict[str, int]) -> list[int]:
    """The ids of a text, `[CLS]` first and `[SEP]` last; words have 100 letters at most. (Task 1.3.)

    >>> encode("Hello world", {"[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "hello": 7592, "world": 2088})
    [101, 7592, 2088, 102]
    """
    words = basic_tokenize(text)
    pieces = [piece for word in words for piece in wordpiece_tokenize(word, vocabulary, max_letters=100)]
    return [vocabulary[piece] for piece in (CLASSIFY, *pieces, SEPARATE)]


def _best_pair(words: list[tuple[list[str], int]]) -> tuple[str, str] | None:
    """The pair with the highest score, or None where no pair is left."""
    pieces: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for word, n in words:
        for piece in word:
            pieces[piece] += n
        for pair in pairwise(word):
            pairs[pair] += n

    def score(pair: tuple[str, str]) -> tuple[Fraction, tuple[str, str]]:
        return Fraction(pairs[pair], pieces[pair[0]] * pieces[pair[1]]), pair

    return max(pairs, key=score, default=None)


def _joined(word: list[str], pair: tuple[str, str]) -> list[str]:
    joined: list[str] = []
    for piece in word:
        if joined and (joined[-1], piece) == pair:
            joined[-1] += piece.removeprefix(CONTINUES)
        else:
            joined.append(piece)
    return joined
