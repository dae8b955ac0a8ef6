"""Task 1.1, public checks: words as tokens."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from tests import recorded
from tests.harness import Student, expect, expect_close, expect_raises, points

APPLE = "Apple is looking at buying U.K. startup for $1 billion"

SPLITS = [
    ("my_name", ["my", "_", "name"], "an underscore is no letter", ["my_name"]),
    ("١٢ is 12", ["١٢", "is", "12"], "digits are those of all scripts", ["١", "٢", "is", "12"]),
    ("10²", ["10²"], "digits are \\p{N}, which ² is, too, and not \\d", ["10", "²"]),
    ("für", ["für"], "only a to z were taken for letters; letters are those of all scripts", ["f", "ü", "r"]),
    (
        "Plan B. ends",
        ["Plan", "B", ".", "ends"],
        "an abbreviation has two letters or more; one letter with a period is a word and a period",
        ["Plan", "B.", "ends"],
    ),
    ("in 1999, 3.", ["in", "1999", ",", "3", "."], "a number ends with a digit", ["in", "1999,", "3."]),
    ("the U.S.A", ["the", "U.S.", "A"], "each letter of an abbreviation has its period", ["the", "U.S.A"]),
    ("l’\u0302a", ["l", "’", "\u0302", "a"], "each further word begins with a letter, too", ["l’\u0302a"]),
    ("हिन्दी", ["हिन्दी"], "combining marks belong to the word", ["ह", "ि", "न", "्", "द", "ी"]),
]
"""Texts, their words, what is easily taken otherwise, and the words that this gives."""


@points(0.75, task="1.1")
def test_the_lectures_example_is_split_as_shown(student: Student) -> None:
    """The lecture's sentence splits into its eleven tokens."""
    expect(
        student.words.split_words(APPLE),
        ["Apple", "is", "looking", "at", "buying", "U.K.", "startup", "for", "$", "1", "billion"],
        "an abbreviation keeps its periods, and a currency sign is a token of its own",
        {"the text was split at white space only; signs and punctuation are tokens of their own": APPLE.split},
    )
    expect(
        student.words.split_words("Don't stop, it's 1,000.5!"),
        ["Don't", "stop", ",", "it's", "1,000.5", "!"],
        "an apostrophe joins letters to one word; a period or comma joins digits to one number",
    )
    for text, words, sentence, mistaken in SPLITS:
        expect(
            student.words.split_words(text),
            words,
            "at each place, the first of the four rules that fits takes as much as it can",
            {sentence: partial(list, mistaken)},
        )


@points(1, task="1.1")
def test_vocabularies_rank_by_count_then_code_points(student: Student) -> None:
    """[UNK] is 0, then words by falling count, ties in order of code points."""
    expect(
        student.words.build_vocabulary(["The The", "the THE", "the The the the"], 9),
        {"[UNK]": 0, "the": 1, "The": 2, "THE": 3},
        "'The' is another word than 'the'",
        {"upper and lower case were taken together; they differ": lambda: {"[UNK]": 0, "the": 1}},
    )
    expect(
        student.words.build_vocabulary(["b a c b", "a b Z"], 4),
        {"[UNK]": 0, "b": 1, "a": 2, "Z": 3},
        "sort by (-count, word), and keep max_size - 1 words",
        {
            "equally frequent words came in the order seen; sort them as strings": lambda: {
                "[UNK]": 0,
                "b": 1,
                "a": 2,
                "c": 3,
            },
            "[UNK] was not counted in max_size": lambda: {"[UNK]": 0, "b": 1, "a": 2, "Z": 3, "c": 4},
        },
    )
    with expect_raises(ValueError, naming="0", hint="a max_size below 1 leaves no room for [UNK]"):
        student.words.build_vocabulary(["a"], 0)


@points(0.5, task="1.1")
def test_unknown_words_and_ids(student: Student) -> None:
    """Unknown words become [UNK]; unknown ids are an error."""
    vocabulary = {"[UNK]": 0, "the": 1, "cat": 2}
    expect(
        student.words.words_to_ids(["the", "bird", "cat"], vocabulary),
        [1, 0, 2],
        "a word not known is [UNK]",
        {"unknown words were left out; each becomes [UNK]": lambda: [1, 2]},
    )
    expect(student.words.ids_to_words([2, 0, 1], vocabulary), ["cat", "[UNK]", "the"], "look every id up")
    other = {"a": 0, "b": 4, "[UNK]": 9}
    expect(
        student.words.words_to_ids(["a", "c", "b"], other),
        [0, 9, 4],
        "look up the ids of all words, and that of [UNK], in this vocabulary",
        {
            "an unknown word became 0; look the id of [UNK] up in the vocabulary": lambda: [0, 0, 4],
            "the word with id 0 was taken for one that is missing": lambda: [9, 9, 4],
        },
    )
    few = {"x": 0, "y": 2, "[UNK]": 5}
    expect(
        student.words.ids_to_words([2, 0, 2], few),
        ["y", "x", "y"],
        "look every id up in the vocabulary",
        {"ids were taken for places in the vocabulary; look each one up": lambda: ["[UNK]", "x", "[UNK]"]},
    )
    expect(student.words.ids_to_words([4, 9, 0], other), ["b", "[UNK]", "a"], "look every id up, in any order")
    for wrong in (7, -2):
        with expect_raises((ValueError, KeyError), naming=str(wrong), hint="no such id; none counts from the end"):
            student.words.ids_to_words([wrong], vocabulary)


@points(0.5, task="1.1")
@given(text=st.text(min_size=1, max_size=30), tokens=st.integers(1, 9))
def test_compression_counts_bytes(student: Student, text: str, tokens: int) -> None:
    """The compression ratio is UTF-8 bytes per token."""
    expect_close(
        student.words.compression_ratio(text, [0] * tokens),
        len(text.encode()) / tokens,
        "bytes of the text, divided by the number of tokens",
        {
            "characters were counted, not UTF-8 bytes": lambda: len(text) / tokens,
            "the ratio is upside down: bytes per token, not tokens per byte": lambda: tokens / len(text.encode()),
        },
    )
    expect(student.words.compression_ratio("", []), 1.0, "an empty text without tokens has ratio 1")
    with expect_raises(ValueError, naming="", hint="there is a text, and no token"):
        student.words.compression_ratio("no tokens", [])
    with expect_raises(ValueError, naming="", hint="white space is text, too"):
        student.words.compression_ratio("  ", [])


@points(0.25, task="1.1")
def test_recorded_answers_1_1(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "1.1")
