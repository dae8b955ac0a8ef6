"""Task 1.3, hidden checks: random words, vocabularies and texts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Literal

import regex
from hypothesis import example, given
from hypothesis import strategies as st

from grader.making import english, multilingual
from grader.oracle import naive_wordpiece
from grader.oracle.naive_wordpiece import Rule
from grader.reference import wordpiece, words
from tests.harness import Student, expect, expect_raises, points

RULES: dict[Rule, str] = {
    "count": "the most frequent pair was joined, which is BPE's rule; divide by the counts of both parts",
    "first_seen": "ties went to the pair seen first; take the greatest pair of strings",
    "smallest": "ties went to the smallest pair; take the greatest pair of strings",
    "steps": "training ended after so many steps; a token that is there already is no new entry",
    "floats": "scores were compared as floats, which round",
    "64 bits": "counts were multiplied in 64 bits, which overflow",
}
large = st.integers(0, 24).flatmap(lambda digits: st.integers(10**digits, 10 ** (digits + 1)))
"""The magnitude is drawn first."""
counts = st.dictionaries(st.text("abc", min_size=1, max_size=6), st.integers(1, 9) | large, max_size=8)
specials_of = st.lists(
    st.sampled_from(["[UNK]", "a", "[CLS]", "abc", "ab", "bc", "##b", "##bc", "##ab"]), max_size=5, unique=True
)


@points(1, task="1.3")
@given(word_counts=counts, more=st.integers(0, 12), specials=specials_of)
@example(word_counts={"ca": 1, "bb": 2}, more=1, specials=["ca"])
@example(word_counts={"abab": 2, "bc": 5}, more=3, specials=["##ab", "bc", "[UNK]"])
@example(word_counts={"ab": 2**33, "ac": 2**33, "cb": 2**32, "c": 2**34}, more=2, specials=[])
@example(word_counts={"aaaa": 3, "aaa": 2}, more=9, specials=[])
@example(word_counts={"b": 1, "bba": 13971202981035203}, more=1, specials=[])
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
    with expect_raises(ValueError, naming="", hint="an empty special token is an error"):
        student.wordpiece.train_wordpiece(word_counts, 100, ["[X]", ""])


N = 2 * 10**8
CLOSE = {"ab": 1, "a": N - 2, "eb": N, "cd": 1, "c": N - 1, "ed": N - 1, "e": 10**17}
"""Words where a ##b scores 1 / (N² - 1), and c ##d 1 / N², which floats take for equal."""


@points(0.5, task="1.3")
def test_a_corpus_trains_exactly(student: Student) -> None:
    """Some kilobytes of English-like words, to 200 tokens; and scores that are almost equal."""
    expect(
        student.wordpiece.train_wordpiece(CLOSE, 6, []),
        ["##b", "##d", "a", "c", "e", "ab"],
        "compare scores exactly, as fractions or as products of integers; floats round",
        {"scores were compared as floats, which round": lambda: ["##b", "##d", "a", "c", "e", "cd"]},
    )
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
    starts=vocabularies,
    inner=vocabularies,
    word=st.text("abc", min_size=1, max_size=10),
    limit=st.integers(6, 12) | large,
    zero=st.integers(0, 9),
)
@example(starts=set(), inner={"é"}, word="aéa", limit=3, zero=0)
@example(starts={"ab"}, inner={"ba"}, word="abbab", limit=9, zero=1)
@example(starts={"ab"}, inner={"ba"}, word="aabb", limit=9, zero=2)
@example(starts=set(), inner=set(), word="abab" * 4, limit=9, zero=0)
@example(starts={"ab" * 60}, inner=set(), word="ab" * 100, limit=200, zero=0)
def test_any_word_with_any_vocabulary(
    student: Student, starts: set[str], inner: set[str], word: str, limit: int, zero: int
) -> None:
    """Longest match first, with pieces for the start of a word and others for what follows."""
    tokens = ["[UNK]", "a", "##a", "##b", *sorted(starts), *(f"##{piece}" for piece in sorted(inner))]
    vocabulary = {token: (n - zero) % len(tokens) for n, token in enumerate(tokens)}
    expect(
        student.wordpiece.wordpiece_tokenize(word, vocabulary, limit),
        wordpiece.wordpiece_tokenize(word, vocabulary, limit),
        f"cutting {word!r}: the longest piece at each place, [UNK] for the whole word where there is none",
        {
            "a word of more than max_letters characters is [UNK]": partial(
                wordpiece.wordpiece_tokenize, word, vocabulary, 10**6
            ),
            "a word of more than max_letters characters is [UNK], and does not stay as it is": lambda: [word],
            "the piece with id 0 was taken for one that is missing": partial(
                wordpiece.wordpiece_tokenize, word, {token: n for token, n in vocabulary.items() if n}, limit
            ),
            "max_letters counts characters, not bytes": partial(
                wordpiece.wordpiece_tokenize, word, vocabulary, limit - len(word.encode()) + len(word)
            ),
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
PARTS += [
    "ΟΔΟΣ",
    "ΑΣ.Β'Σ",
    "ΑΣ\x00Β",
    "कि",
    "a\rb",
    "a\x0bb",
    "a\x85b",
    "a\ue000b",
    "€5",
    "a_b",
    "々",
    "〇",
    "㐀㐁",
    "𠀀𠀁",
    "𪜀",
    "丽",
]

SINGLE = (
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f"
    r"\U0002b820-\U0002ceaf\U0002f800-\U0002fa1f]|[!-/:-@\[-`{-~]|\p{P}"
)
CONTROLS = r"(?![\t\n\r])[\p{Cc}\p{Cf}]"


def _tokens(
    text: str,
    controls: str = CONTROLS,
    marks: str = r"\p{Mn}",
    single: str = SINGLE,
    lower: Callable[[str], str] = str.lower,
    form: Literal["NFD", "NFC"] = "NFD",
) -> list[str]:
    """A text as BERT splits it, or with other rules that are easily taken for its."""
    text = unicodedata.normalize(form, lower(regex.sub(controls, "", text)))
    found = regex.finditer(rf"{single}|(?:(?!{single})\S)+", regex.sub(marks, "", text))
    return [match.group() for match in found]


def _letter_by_letter(text: str) -> str:
    return "".join(letter.lower() for letter in text)


def _word_by_word(text: str) -> list[str]:
    return [word.lower() for word in _tokens(text, lower=str)]


SPLITS: dict[str, Callable[[str], list[str]]] = {
    "the accent was kept; combining marks (Mn) are dropped": partial(_tokens, marks="(?!)", form="NFC"),
    "each letter was lower-cased by itself; a Σ at the end of a word becomes ς": partial(
        _tokens, lower=_letter_by_letter
    ),
    "each word was lower-cased by itself; the text as a whole is": _word_by_word,
    "the text was lower-cased before controls were dropped": lambda text: _tokens(text.lower()),
    "the text was case-folded, which makes ss of ß; lower-case it": partial(_tokens, lower=str.casefold),
    "punctuation is not only that of ASCII": partial(_tokens, single=SINGLE.replace("|\\p{P}", "")),
    "all marks were dropped; only those of category Mn are": partial(_tokens, marks=r"\p{M}"),
    "all of category C was dropped; only Cc and Cf are": partial(_tokens, controls=r"(?![\t\n\r])\p{C}"),
    "a carriage return was dropped; it is white space": partial(_tokens, controls=r"(?![\t\n])[\p{Cc}\p{Cf}]"),
    "a control character was kept; but for tab, line feed and carriage return, all are dropped": partial(
        _tokens, controls=r"(?!\s)[\p{Cc}\p{Cf}]"
    ),
    "only some ideographs were tokens by themselves; the ranges go on to U+2FA1F": partial(
        _tokens, single=r"[\u4e00-\u9fff]|[!-/:-@\[-`{-~]|\p{P}"
    ),
    "ideographs outside of U+4E00-9FFF and U+F900-FAFF were not tokens by themselves": partial(
        _tokens, single=r"[\u4e00-\u9fff\uf900-\ufaff]|[!-/:-@\[-`{-~]|\p{P}"
    ),
    "more than the ideographs of the ranges were tokens by themselves": partial(
        _tokens, single=r"\p{Han}|[!-/:-@\[-`{-~]|\p{P}"
    ),
    "a currency sign other than $ is no punctuation": partial(_tokens, single=rf"{SINGLE}|\p{{Sc}}"),
    "an underscore is punctuation, too": partial(
        _tokens, single=SINGLE.replace("[-`", "[-^`").replace("|\\p", "|(?!_)\\p")
    ),
}
"""Rules that were taken for BERT's, each under the sentence that names it."""


def _check_split(student: Student, text: str) -> None:
    expect(
        student.wordpiece.basic_tokenize(text),
        wordpiece.basic_tokenize(text),
        f"splitting {text!r}: drop controls, lower-case, decompose, drop marks; then split",
        {sentence: partial(split, text) for sentence, split in SPLITS.items()},
    )


@points(0.5, task="1.3")
@given(text=st.lists(st.sampled_from(PARTS), max_size=10).map("".join))
@example(text="कि")
@example(text="ΝΟΜΟΣ, ΣΑΣ")
@example(text="ΑΣ.Α")
def test_texts_of_any_script(student: Student, text: str) -> None:
    """Accents, ideographs, control characters, punctuation of all scripts."""
    _check_split(student, text)


@points(0.5, task="1.3")
def test_whole_texts_become_ids(student: Student) -> None:
    """Ids of larger texts, with a vocabulary whose ids are in no order."""
    for part in PARTS:
        _check_split(student, part)
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
    for zero in ("[SEP]", "[UNK]", "[CLS]", "the", "##s"):
        ids = vocabulary | {zero: 0}
        expect(
            student.wordpiece.encode("the cats £", ids),
            wordpiece.encode("the cats £", ids),
            f"the id of {zero!r} is 0",
            {f"{zero!r} was taken for missing, since its id is 0": partial(_without, "the cats £", ids)},
        )
    for text, hint in (
        ("", "an empty text"),
        ("x" * 100 + " " + "x" * 101, "a word of 100 letters is cut, one of 101 is [UNK]"),
        ("[SEP]the", "a [SEP] in the text is text like any other"),
    ):
        expect(
            student.wordpiece.encode(text, vocabulary),
            wordpiece.encode(text, vocabulary),
            hint,
            {
                "a [SEP] of the text became the token [SEP]; it is text like any other": partial(
                    _specials_kept, text, vocabulary
                )
            },
        )


def _specials_kept(text: str, vocabulary: dict[str, int]) -> list[int]:
    inner = [wordpiece.encode(part, vocabulary)[1:-1] for part in text.split("[SEP]")]
    ids = [vocabulary["[CLS]"], *inner[0]]
    for part in inner[1:]:
        ids += [vocabulary["[SEP]"], *part]
    return [*ids, vocabulary["[SEP]"]]


def _without(text: str, ids: dict[str, int]) -> list[int]:
    return [number or ids["[UNK]"] for number in wordpiece.encode(text, ids)]
