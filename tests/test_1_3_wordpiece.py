"""Task 1.3, public checks: WordPiece."""

from __future__ import annotations

from tests.harness import Student, expect, expect_raises, points

HUGS = {"hug": 10, "mug": 4, "sun": 11, "bun": 3, "hugs": 5}
LETTERS = ["##g", "##n", "##s", "##u", "b", "h", "m", "s"]


@points(1, task="1.3")
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
            "ties went to the pair seen first; take the greatest pair of strings": lambda: [
                "[UNK]",
                *LETTERS,
                "##gs",
                "hu",
                "hug",
            ],
        },
    )
    with expect_raises(ValueError, naming="8", hint="special tokens and letters must fit"):
        student.wordpiece.train_wordpiece(HUGS, 8, ["[UNK]"])


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
    part = {"the known pieces were kept; the word as a whole becomes [UNK]": lambda: ["un", "##lock", "[UNK]"]}
    expect(student.wordpiece.wordpiece_tokenize("unlocking", vocabulary, 100), ["[UNK]"], hint, part)
    limit = "a word of more than max_letters characters is [UNK]; one of exactly as many is not"
    expect(student.wordpiece.wordpiece_tokenize("unlocked", vocabulary, 8), ["un", "##lock", "##ed"], limit)
    expect(student.wordpiece.wordpiece_tokenize("unlocked", vocabulary, 7), ["[UNK]"], limit)


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
        student.wordpiece.encode("Café 世!", some),
        [101, 24689, 2063, 100, 999, 102],
        "accents are dropped: decompose with NFD, and leave combining marks out",
        {"the accent was kept, so that the word is unknown": lambda: [101, 100, 100, 999, 102]},
    )
