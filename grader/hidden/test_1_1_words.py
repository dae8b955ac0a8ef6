"""Task 1.1, hidden checks: new texts for what the handout asks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.corpora import english, multilingual
from grader.reference import words as reference
from tests.harness import Student, expect, expect_raises, points

PIECES = "U.K. e.g. A.B U.S.A don't it’s well-known - ' 3.14 1,000,000 2. $ €5 x1 1x (a) a é . ... ,".split()
PIECES += ["Zoë", "日本語", "नमस्ते", "e\u0301", "🎉", " ", "  ", "\n", "\t", "\u00a0"]


@points(1, task="1.1")
@given(text=st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_texts_split_by_the_four_rules(student: Student, text: str) -> None:
    """Abbreviations, numbers, words and other characters, next to each other in any order."""
    expect(
        student.words.split_words(text),
        reference.split_words(text),
        f"splitting {text!r}: the first of the four rules that fits takes as much as it can",
        {"the text was split at white space only": text.split},
    )


@points(1, task="1.1")
def test_real_vocabularies_are_exact(student: Student) -> None:
    """Vocabularies of larger texts, in several scripts, and the way to ids and back."""
    texts = [english(8_000, seed=11), multilingual(8_000, seed=12), ""]
    for size in (1, 2, 300, 100_000):
        expected = reference.build_vocabulary(texts, size)
        expect(student.words.build_vocabulary(texts, size), expected, "sort by (-count, word), cut at max_size")
    words = reference.split_words(texts[0])
    vocabulary = reference.build_vocabulary(texts, 300)
    ids = reference.words_to_ids(words, vocabulary)
    expect(student.words.words_to_ids(words, vocabulary), ids)
    expect(student.words.ids_to_words(ids, vocabulary), reference.ids_to_words(ids, vocabulary))


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
    expect(student.words.ids_to_words([5, 7], vocabulary), ["[UNK]", "the"])


@points(0.5, task="1.1")
def test_ratios_of_empty_texts(student: Student) -> None:
    """An empty text has ratio 1, a text without tokens is an error."""
    expect(student.words.compression_ratio("", []), 1.0)
    expect(student.words.compression_ratio("日本", [1, 2]), 3.0, "each of these characters is three bytes")
    with expect_raises(ValueError, naming=""):
        student.words.compression_ratio("a", [])
