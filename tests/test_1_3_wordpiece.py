"""Task 1.3, public checks: WordPiece."""

from __future__ import annotations

from tests import recorded
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import OneOf

HUGS = {"hug": 10, "mug": 4, "sun": 11, "bun": 3, "hugs": 5}
LETTERS = ["##g", "##n", "##s", "##u", "b", "h", "m", "s"]

N = 3 * 10**8
CLOSE = {"go": 1, "g": N - 2, "zo": N, "hy": 1, "h": N - 1, "zy": N - 1, "z": 10**17}
"""Words where g ##o scores a little more than h ##y, which floats take for equal."""

SPLITS = [
    ("Weiß", "weiß", "the text was case-folded, which makes ss of ß; lower-case it", "weiss"),
    ("ΣΟΦΟΣ", "σοφος", "each letter was lower-cased by itself; a Σ at the end of a word becomes ς", "σοφοσ"),
    ("ΓΗΣ:Α", "γησ : α", "each word was lower-cased by itself; the text as a whole is", "γης : α"),
    ("so–so", "so – so", "punctuation is not only that of ASCII", "so–so"),
    ("Zoé", "zoe", "the accent was kept; combining marks (Mn) are dropped", "zoé"),
    ("की", "की", "all marks were dropped; only those of category Mn are", "क"),
    ("㐂㐃", "㐂 㐃", "only some ideographs were tokens by themselves; the ranges go on to U+2FA1F", "㐂㐃"),
    ("𠮷𠮷", "𠮷 𠮷", "only some ideographs were tokens by themselves; the ranges go on to U+2FA1F", "𠮷𠮷"),
    ("so\u200bso", "soso", "a control character was kept", "so\u200bso"),
]
"""Texts, their tokens with spaces between, what is easily taken otherwise, and the tokens that this gives."""


@points(0.75, task="1.3")
def test_the_worked_example_trains_by_score(student: Student) -> None:
    """A pair's count is divided by the counts of its parts, so rare letters that stand together come first."""
    expect(
        student.wordpiece.train_wordpiece(HUGS, 1 + 8 + 3, ["[UNK]"]),
        ["[UNK]", *LETTERS, "##gs", "su", "sun"],
        "score every pair as count(pair) / (count(left) * count(right)); see the worked example",
        {
            "the most frequent pair was joined, which is BPE's rule; divide by the counts of both parts": lambda: [
                "[UNK]",
                *LETTERS,
                "##ug",
                "hug",
                "##un",
            ],
            "ties went to the pair seen first; take the greatest pair of strings": lambda: OneOf(
                ["[UNK]", *LETTERS, "##gs", "hu", third] for third in ("hug", "hugs")
            ),
            "ties went to the smallest pair; take the greatest pair of strings": lambda: [
                *["[UNK]", *LETTERS, "##gs", "##ug", "mug"]
            ],
        },
    )
    expect(
        student.wordpiece.train_wordpiece({"no": 5, "up": 3}, 7, ["up", "[UNK]"]),
        ["up", "[UNK]", "##o", "##p", "n", "u", "no"],
        "a token that is there already is not added again, and the vocabulary has room for another",
        {
            "training ended after so many steps; a token that is there already is no new entry": lambda: (
                ["up", "[UNK]", "##o", "##p", "n", "u"]
            )
        },
    )
    expect(
        student.wordpiece.train_wordpiece(CLOSE, 8, ["[UNK]"]),
        ["[UNK]", "##o", "##y", "g", "h", "z", "go", "hy"],
        "compare scores exactly, as fractions or as products of integers",
        {
            "scores were compared as floats, which round": lambda: [
                "[UNK]",
                "##o",
                "##y",
                "g",
                "h",
                "z",
                "hy",
                "go",
            ],
        },
    )
    expect(
        student.wordpiece.train_wordpiece({"go": 2**33, "ga": 2**33, "ao": 2**32, "a": 2**34}, 5, []),
        ["##a", "##o", "a", "g", "ga"],
        "integers of Python hold counts of any size",
        {"counts were multiplied in 64 bits, which overflow": lambda: ["##a", "##o", "a", "g", "go"]},
    )
    for size, specials, naming, hint in (
        (8, ["[UNK]"], "8", "special tokens and letters must fit"),
        (40, ["[UNK]", "[SEP]", "[UNK]"], "[UNK]", "a special token that is given twice is an error"),
        (40, ["", "[UNK]"], "", "an empty special token is an error"),
    ):
        with expect_raises(ValueError, naming=naming, hint=hint):
            student.wordpiece.train_wordpiece(HUGS, size, specials)


@points(0.5, task="1.3")
def test_the_longest_piece_is_taken_first(student: Student) -> None:
    """From left to right, the longest piece that fits; pieces within a word begin with ##."""
    vocabulary = {"[UNK]": 0, "un": 1, "unl": 2, "##lock": 3, "##l": 4, "##o": 5, "##ck": 6, "##ed": 7, "lock": 8}
    expect(
        student.wordpiece.wordpiece_tokenize("unlocked", vocabulary, 100),
        ["unl", "##o", "##ck", "##ed"],
        "the longest piece at the beginning is 'unl', and what follows is cut in the same way",
        {
            "a shorter piece was taken first, so that longer ones fit later": lambda: ["un", "##lock", "##ed"],
            "the shortest piece was taken first; take the longest": lambda: ["un", "##l", "##o", "##ck", "##ed"],
        },
    )


@points(0.5, task="1.3")
def test_a_word_is_known_as_a_whole_or_not_at_all(student: Student) -> None:
    """Where no piece fits, or in a word that is too long, the whole word is [UNK]."""
    vocabulary = {"[UNK]": 0, "un": 1, "##lock": 2, "##ed": 3}
    hint = "one place where no piece fits makes the word as a whole [UNK]"
    zero = {"[UNK]": 3, "un": 0, "##lock": 1, "##ed": 2}
    missing = {"the piece with id 0 was taken for one that is missing": lambda: ["[UNK]"]}
    expect(student.wordpiece.wordpiece_tokenize("unlocked", zero, 100), ["un", "##lock", "##ed"], hint, missing)
    part = {"the known pieces were kept; the word as a whole becomes [UNK]": lambda: ["un", "##lock", "[UNK]"]}
    expect(student.wordpiece.wordpiece_tokenize("unlocking", vocabulary, 100), ["[UNK]"], hint, part)
    limit = "a word of more than max_letters characters is [UNK]; one of exactly as many is not"
    expect(student.wordpiece.wordpiece_tokenize("unlocked", vocabulary, 8), ["un", "##lock", "##ed"], limit)
    stays = {
        "a word of more than max_letters characters is [UNK], and does not stay as it is": lambda: ["unlocked"]
    }
    expect(student.wordpiece.wordpiece_tokenize("unlocked", vocabulary, 7), ["[UNK]"], limit, stays)
    in_bytes = {"max_letters counts characters, not bytes": lambda: ["[UNK]"]}
    expect(student.wordpiece.wordpiece_tokenize("日本", {"[UNK]": 0, "日本": 1}, 2), ["日本"], limit, in_bytes)


@points(1, task="1.3")
def test_hello_world_is_101_7592_2088_102(student: Student) -> None:
    """Some entries of BERT's uncased vocabulary, with [CLS] and [SEP] around them."""
    some = {
        "[UNK]": 100,
        "[CLS]": 101,
        "[SEP]": 102,
        "!": 999,
        "hello": 7592,
        "world": 2088,
        "caf": 24689,
        "##e": 2063,
    }
    expect(
        student.wordpiece.basic_tokenize("Wie"),
        ["wie"],
        "lower-case the text first",
        {"the text was not lower-cased": lambda: ["Wie"]},
    )
    for text, tokens, sentence, mistaken in SPLITS:
        expect(
            student.wordpiece.basic_tokenize(text),
            tokens.split(),
            "see the three rules",
            {sentence: mistaken.split},
        )
    expect(
        student.wordpiece.basic_tokenize("Hello, World!"),
        ["hello", ",", "world", "!"],
        "lower-cased; punctuation apart",
    )
    expect(
        student.wordpiece.encode("Hello world", some),
        [101, 7592, 2088, 102],
        "[CLS] first, [SEP] last",
        {"[CLS] and [SEP] were left out": lambda: [7592, 2088]},
    )
    expect(
        student.wordpiece.encode("[SEP]", some),
        [101, 100, 100, 100, 102],
        "three words that this vocabulary does not know: [, sep and ]",
        {"a [SEP] of the text became the token [SEP]; it is text like any other": lambda: [101, 102, 102]},
    )
    expect(
        student.wordpiece.encode("Café 世!", some),
        [101, 24689, 2063, 100, 999, 102],
        "accents are dropped: decompose with NFD, and leave combining marks out",
        {"the accent was kept, so that the word is unknown": lambda: [101, 100, 100, 999, 102]},
    )
    letters = some | {"a": 1, "##a": 2}
    hint = "a word of a text has 100 letters at most; a longer one is [UNK]"
    expect(student.wordpiece.encode("a" * 100, letters), [101, 1, *[2] * 99, 102], hint)
    cut = {"a word of more than 100 letters was cut into pieces": lambda: [101, 1, *[2] * 100, 102]}
    expect(student.wordpiece.encode("a" * 101, letters), [101, 100, 102], hint, cut)


@points(0.25, task="1.3")
def test_recorded_answers_1_3(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "1.3")
