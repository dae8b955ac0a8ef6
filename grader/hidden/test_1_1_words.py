"""Task 1.1, hidden checks: new texts for what the handout asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import regex
from hypothesis import example, given
from hypothesis import strategies as st

from grader.making import english, multilingual
from grader.reference import words as reference
from tests.harness import Student, expect, expect_close, expect_raises, points

PIECES = "U.K. e.g. A.B U.S.A don't it’s well-known - ' 3.14 1,000,000 2. $ €5 x1 1x (a) a é . ... ,".split()
PIECES += ["Zoë", "日本語", "नमस्ते", "e\u0301", "🎉", " ", "  ", "\n", "\t", "\u00a0"]
PIECES += ["U.S.A.", "т.е.", "a–b", "c‘d", "٣٤", "½½", "²³", "-5", "+5", "5%", "a_b", "_a"]
PIECES += ["'\u0301", "-\u0308", "’\u093f"]

MARKED = r"\p{L}[\p{L}\p{M}]*"


def _split(
    text: str,
    letter: str = r"\p{L}",
    times: str = "{2,}",
    digit: str = r"\p{N}",
    word: str = MARKED,
    join: str = "['’-]",
    further: str = "",
) -> list[str]:
    """The four rules, or others that are easily taken for them."""
    rules = rf"(?:{letter}\.){times}|{digit}+(?:[.,]\p{{N}}+)*|{word}(?:{join}{further or word})*|\S"
    return [match.group() for match in regex.finditer(rules, text)]


RULES = {
    "an abbreviation has two letters or more": partial(_split, times="{2}"),
    "an abbreviation has two letters or more; one letter with a period is a word and a period": partial(
        _split, times="+"
    ),
    "a number ends with a digit": partial(_split, digit=r"\p{N}[\p{N}.,]*"),
    "only a to z were taken for letters; letters are those of all scripts": partial(_split, word="[A-Za-z]+"),
    "each letter of an abbreviation has its period": partial(_split, times=r"{2,}\p{L}?"),
    "combining marks belong to the word": partial(_split, word=r"\p{L}+"),
    "letters of abbreviations are those of all scripts": partial(_split, letter="[A-Za-z]"),
    "digits are those of all scripts, \\p{N}": partial(_split, digit="[0-9]"),
    "digits are \\p{N}, which ½ and ² are, too, and not \\d": partial(_split, digit=r"\d"),
    "a sign is no part of a number": partial(_split, digit=r"[+-]?\p{N}"),
    "only ' and ’ and - join words, no other dash or quote": partial(_split, join="['’‘–—-]"),
    "each further word begins with a letter, too": partial(_split, further=r"[\p{L}\p{M}]+"),
    "an underscore is no letter": partial(_split, word=r"\p{L}[\p{L}\p{M}_]*"),
    "an underscore is no letter, and starts no word": partial(_split, word=r"[\p{L}_][\p{L}\p{M}_]*"),
}
"""Rules that were taken for the four, each under the sentence that says what is right."""


def _check_split(student: Student, text: str) -> None:
    mistakes: dict[str, Callable[[], object]] = {
        sentence: partial(split, text) for sentence, split in RULES.items()
    }
    if len(text.split()) > 1:
        mistakes["the text was split at white space only"] = text.split
    expect(
        student.words.split_words(text),
        reference.split_words(text),
        f"splitting {text!r}: the first of the four rules that fits takes as much as it can",
        mistakes,
    )


@points(1, task="1.1")
@given(text=st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example(text="a-\u0301b")
def test_texts_split_by_the_four_rules(student: Student, text: str) -> None:
    """Abbreviations, numbers, words and other characters, next to each other in any order."""
    _check_split(student, text)


@points(1, task="1.1")
def test_real_vocabularies_are_exact(student: Student) -> None:
    """Vocabularies of larger texts, in several scripts, and the way to ids and back."""
    for text in PIECES:
        _check_split(student, text)
    cased = "Zoë Zoë zoë Zoë zoë ZOË"
    expect(
        student.words.build_vocabulary([cased], 100),
        reference.build_vocabulary([cased], 100),
        "sort by (-count, word)",
        {
            "upper and lower case were taken together; they differ": partial(
                reference.build_vocabulary, [cased.lower()], 100
            )
        },
    )
    texts = [english(8_000, seed=11), multilingual(8_000, seed=12), ""]
    for size in (1, 2, 300, 100_000):
        expected = reference.build_vocabulary(texts, size)
        expect(student.words.build_vocabulary(texts, size), expected, "sort by (-count, word), cut at max_size")
    with expect_raises(ValueError, naming="-1", hint="any max_size below 1 leaves no room for [UNK]"):
        student.words.build_vocabulary(texts, -1)
    words = reference.split_words(texts[0])
    vocabulary = reference.build_vocabulary(texts, 300)
    ids = reference.words_to_ids(words, vocabulary)
    expect(student.words.words_to_ids(words, vocabulary), ids)
    expect(student.words.ids_to_words(ids, vocabulary), reference.ids_to_words(ids, vocabulary))


def _zero_is_missing(ids: dict[str, int]) -> list[int]:
    return [ids[word] or ids["[UNK]"] for word in ids]


def _unknown_is_zero(ids: dict[str, int]) -> list[int]:
    return [ids["the"], ids["cat"], 0]


@points(0.5, task="1.1")
def test_vocabularies_of_other_ids(student: Student) -> None:
    """Ids need not be in order, and [UNK] need not be 0, in a vocabulary that was made elsewhere."""
    vocabulary = {"the": 7, "[UNK]": 5, "cat": 3}
    expect(
        student.words.words_to_ids(["cat", "dog"], vocabulary),
        [3, 5],
        "look the id of [UNK] up in the vocabulary",
        {"an unknown word became 0; look the id of [UNK] up in the vocabulary": lambda: [3, 0]},
    )
    expect(
        student.words.words_to_ids(["The", "the"], vocabulary),
        [5, 7],
        "upper and lower case differ: 'The' is not in the vocabulary",
        {"a word was looked up in lower case; 'The' is unknown here": lambda: [7, 7]},
    )
    expect(student.words.ids_to_words([5, 7], vocabulary), ["[UNK]", "the"])
    for place in range(3):
        ids = {word: (n - place) % 3 for n, word in enumerate(["the", "cat", "[UNK]"])}
        expect(
            student.words.words_to_ids(["the", "cat", "dog"], ids),
            [*ids.values()],
            f"look every word up in {ids!r}",
            {
                "the word with id 0 was taken for one that is missing": partial(_zero_is_missing, ids),
                "an unknown word became 0; look the id of [UNK] up in the vocabulary": partial(
                    _unknown_is_zero, ids
                ),
            },
        )
    first = {"[UNK]": 2, "the": 0, "cat": 1}
    expect(
        student.words.ids_to_words([0, 1, 2], first),
        ["the", "cat", "[UNK]"],
        "look every id up in the vocabulary, 0 too",
        {"id 0 became [UNK]; look it up in the vocabulary": lambda: ["[UNK]", "cat", "[UNK]"]},
    )
    for wrong in (-1, 3):
        with expect_raises((ValueError, KeyError), naming=str(wrong), hint="no id counts from the end"):
            student.words.ids_to_words([wrong], first)


@points(0.5, task="1.1")
def test_ratios_of_empty_texts(student: Student) -> None:
    """An empty text without tokens has ratio 1, a text without tokens is an error."""
    expect(student.words.compression_ratio("", []), 1.0)
    expect_close(
        student.words.compression_ratio("", [1, 2]),
        0.0,
        "no bytes for two tokens",
        {"the ratio is 1 where there are no tokens either; here are two": lambda: 1.0},
    )
    for times in (1, 10**3):
        expect_close(
            student.words.compression_ratio("日本é" * times, [7] * (8 * times)),
            1.0,
            "bytes of the text for each token",
            {
                "the bytes of UTF-16 were counted, not those of UTF-8": lambda: 0.75,
                "characters were counted, not UTF-8 bytes": lambda: 0.375,
            },
        )
    expect(student.words.compression_ratio("日本", [1, 2]), 3.0, "each of these characters is three bytes")
    for text in ("a", "\n\t", "\u00a0"):
        with expect_raises(ValueError, naming="", hint="only a text without any character is empty"):
            student.words.compression_ratio(text, [])
