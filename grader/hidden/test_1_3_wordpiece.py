"""Task 1.3, hidden checks: random words, vocabularies and texts."""

from __future__ import annotations

from functools import partial

from hypothesis import example, given
from hypothesis import strategies as st

from grader.corpora import english, multilingual
from grader.oracle import naive_wordpiece
from grader.oracle.naive_wordpiece import Rule
from grader.reference import wordpiece, words
from tests.harness import Student, expect, expect_raises, points

RULES: dict[Rule, str] = {
    "count": "the most frequent pair was joined, which is BPE's rule; divide by the counts of both parts",
    "first_seen": "ties went to the pair seen first; take the greatest pair of strings",
    "smallest": "ties went to the smallest pair; take the greatest pair of strings",
}
counts = st.dictionaries(st.text("abc", min_size=1, max_size=6), st.integers(1, 9), max_size=8)


@points(1, task="1.3")
@given(
    word_counts=counts, more=st.integers(0, 12), specials=st.sampled_from([[], ["[UNK]"], ["a", "[CLS]", "abc"]])
)
@example(word_counts={"aaaa": 3, "aaa": 2}, more=9, specials=[])
def test_small_vocabularies_train_as_the_plain_algorithm_does(
    student: Student, word_counts: dict[str, int], more: int, specials: list[str]
) -> None:
    """Random words, where ties abound and letters repeat."""
    size = len(specials) + len(naive_wordpiece.train(word_counts, 0, [])) + more
    expect(
        student.wordpiece.train_wordpiece(word_counts, size, specials),
        naive_wordpiece.train(word_counts, size, specials),
        f"trained on {word_counts!r}: special tokens, letters in order, then what is joined",
        {
            sentence: partial(naive_wordpiece.train, word_counts, size, specials, rule)
            for rule, sentence in RULES.items()
        },
    )
    with expect_raises(ValueError, naming="[X]"):
        student.wordpiece.train_wordpiece(word_counts, 100, ["[X]", "[X]"])


@points(0.5, task="1.3")
def test_a_corpus_trains_exactly(student: Student) -> None:
    """Some kilobytes of English-like words, to 200 tokens."""
    word_counts: dict[str, int] = {}
    for word in words.split_words(english(3000, seed=21).lower()):
        if word.isalpha():
            word_counts[word] = word_counts.get(word, 0) + 1
    expected = wordpiece.train_wordpiece(word_counts, 200, ["[UNK]", "[CLS]", "[SEP]"])
    got = student.wordpiece.train_wordpiece(word_counts, 200, ["[UNK]", "[CLS]", "[SEP]"])
    expect(got, expected, "compare scores exactly, as fractions or as products of integers; floats round")


vocabularies = st.sets(st.text("ab", min_size=1, max_size=3), max_size=8)


@points(0.5, task="1.3")
@given(
    starts=vocabularies, inner=vocabularies, word=st.text("abc", min_size=1, max_size=10), limit=st.integers(6, 12)
)
def test_any_word_with_any_vocabulary(
    student: Student, starts: set[str], inner: set[str], word: str, limit: int
) -> None:
    """Longest match first, with pieces for the start of a word and others for what follows."""
    tokens = ["[UNK]", "a", "##a", "##b", *sorted(starts), *(f"##{piece}" for piece in sorted(inner))]
    vocabulary = {token: n for n, token in enumerate(tokens)}
    expect(
        student.wordpiece.wordpiece_tokenize(word, vocabulary, limit),
        wordpiece.wordpiece_tokenize(word, vocabulary, limit),
        f"cutting {word!r}: the longest piece at each place, [UNK] for the whole word where there is none",
        {
            "a word of more than max_letters characters is [UNK]": partial(
                wordpiece.wordpiece_tokenize, word, vocabulary, 10**6
            )
        },
    )


PARTS = [
    "Zoë",
    "ÀÉ",
    "don't",
    "U.K.",
    "$5",
    "日本語",
    "ｶﾅ",
    "한국",
    "नमस्ते",
    "İ",
    "Straße",
    "`a^b~",
    "«x»",
    "—",
    "\x00",
    "\u200d",
    "\ufeff",
]
PARTS += [" ", "\t", "\n", "\u00a0", "\u2028", "👍🏽", "e\u0301", "x" * 101, "豈", "[SEP]"]


@points(0.5, task="1.3")
@given(text=st.lists(st.sampled_from(PARTS), max_size=10).map("".join))
def test_texts_of_any_script(student: Student, text: str) -> None:
    """Accents, ideographs, control characters, punctuation of all scripts."""
    expect(
        student.wordpiece.basic_tokenize(text),
        wordpiece.basic_tokenize(text),
        f"splitting {text!r}: drop controls, lower-case, decompose, drop marks; then split",
    )


@points(0.5, task="1.3")
def test_whole_texts_become_ids(student: Student) -> None:
    """Ids of larger texts, with a vocabulary whose ids are in no order."""
    text = english(2000, seed=22) + multilingual(3000, seed=23) + " " + "x" * 101
    tokens = [
        *"abcdefghijklmnopqrstuvwxyz",
        *(f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"),
        "##ing",
        "the",
        ".",
        ",",
    ]
    vocabulary = {token: 7 * n % 1009 for n, token in enumerate(["[SEP]", "[UNK]", *tokens, "[CLS]"], start=1)}
    expect(student.wordpiece.encode(text, vocabulary), wordpiece.encode(text, vocabulary), "look every id up")
    expect(student.wordpiece.encode("", vocabulary), [vocabulary["[CLS]"], vocabulary["[SEP]"]], "an empty text")
