r"""Task 1.5: what tokenizers make of texts, and which of them is cheaper.

A tokenizer is a list of merges, in the order in which they were learned, and the name of a pattern that cuts texts
into pre-tokens: "gpt2" or "cl100k". A sample is what was measured of a tokenizer on some text: (bytes, tokens).
"""

from __future__ import annotations


def pattern_differences(text: str) -> dict[str, list[str]]:
    """What the two patterns cut differently. (Task 1.5.)

    Returns:
        for "gpt2" and for "cl100k" those pre-tokens, in order, that the other pattern doesn't have at that place.

    >>> pattern_differences("I'M 1234 ")
    {'gpt2': ["'", 'M', ' 1234'], 'cl100k': ["'M", ' ', '123', '4']}
    """
    raise NotImplementedError("Task 1.5: pattern_differences in assignment/comparing.py")


def token_counts(text: str, merges: list[tuple[bytes, bytes]], pattern: str) -> list[int]:
    """Tokens of a text with none of the merges, with the first one, with the first two, and so on. (Task 1.5.)

    Args:
        text: it is cut into pre-tokens, whose bytes are merged.
        merges: pairs in the order in which they were learned.
        pattern: "gpt2" or "cl100k".

    Returns:
        one number more than there are merges.

    Raises:
        ValueError: there is no such pattern; the message names it.

    >>> token_counts("hug   hugs", [(b"u", b"g"), (b"h", b"ug")], "gpt2")
    [10, 8, 6]
    """
    raise NotImplementedError("Task 1.5: token_counts in assignment/comparing.py")


def word_measures(text: str, merges: list[tuple[bytes, bytes]], pattern: str) -> dict[str, int]:
    """What becomes of the words of a text: runs of characters that are no white space. (Task 1.5.)

    Returns:
        "words", how many there are; "pieces", how many tokens hold a part of a word; and "continued", how many
        words have two pieces or more.

    >>> word_measures("hug   hugs", [(b"u", b"g"), (b"h", b"ug")], "gpt2")
    {'words': 2, 'pieces': 3, 'continued': 1}
    """
    raise NotImplementedError("Task 1.5: word_measures in assignment/comparing.py")


def smallest_fair_vocabulary(counts: dict[str, list[int]], percent: int) -> int | None:
    """The least size of a vocabulary with which no language pays a larger premium. (Task 1.5.)

    Args:
        counts: for each language, the tokens of the same content with none of the merges, the first one, ...
        percent: the largest premium that a language may pay.

    Returns:
        256 bytes and so many merges, or None where there is no such number among those that were counted.

    >>> smallest_fair_vocabulary({"en": [10, 8, 8, 5], "de": [16, 12, 10, 8]}, percent=50)
    257
    """
    raise NotImplementedError("Task 1.5: smallest_fair_vocabulary in assignment/comparing.py")


def context_bytes(samples: dict[str, tuple[int, int]], mix: dict[str, int], context: int) -> int:
    """How many bytes of a mix of languages fit into a context of so many tokens. (Task 1.5.)

    Args:
        samples: for each language (bytes, tokens) of some text.
        mix: how many parts of the bytes are in each language; the parts are equally large.
        context: so many tokens.

    Returns:
        the most bytes, a whole number, if each language takes as many tokens for each byte as its sample does.

    Raises:
        ValueError: there is no sample of a language; the message names it.

    >>> context_bytes({"en": (40, 10), "hi": (30, 15)}, {"en": 3, "hi": 1}, context=50)
    160
    """
    raise NotImplementedError("Task 1.5: context_bytes in assignment/comparing.py")


def second_pays_from(
    first: dict[str, tuple[int, int]], second: dict[str, tuple[int, int]], language: str
) -> int | None:
    """The least share of a language with which a second tokenizer takes fewer tokens than a first. (Task 1.5.)

    Args:
        first: the samples of one tokenizer, of two languages.
        second: those of another tokenizer, of the same languages.
        language: one of the two.

    Returns:
        its share in a text's bytes, as a whole number of percent from 0 to 100, or None.

    >>> second_pays_from({"en": (40, 10), "hi": (30, 15)}, {"en": (40, 11), "hi": (30, 10)}, "hi")
    14
    """
    raise NotImplementedError("Task 1.5: second_pays_from in assignment/comparing.py")
