"""Task 1.2, public checks: byte-level BPE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise, repeat
from math import inf
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from tests.bpe_examples import MERGES, snapshot, vocab_of
from tests.harness import Feed, Student, expect, expect_answer, expect_raises, expect_that, points
from tests.mistakes import OneOf

END = "<|endoftext|>"
OTHER_TIE = "the pairs here are equally frequent, and another was merged; take the greatest pair of byte strings"
"""Where a check that is about something else can't do without ties."""


@points(1, task="1.2")
def test_the_worked_example_trains_as_by_hand(student: Student) -> None:
    """Training merges the most frequent pair, counted over pre-tokens."""
    _, merges = student.bpe.train_bpe(student.file("runs.txt", "aaaa bcd bcd"), 257, [])
    expect(
        merges,
        [(b"a", b"a")],
        "count every pair of neighbours: a a a a holds the pair (a, a) three times",
        {
            "pairs that overlap were counted once; a a a a holds the pair (a, a) three times": lambda: [
                (b"c", b"d")
            ]
        },
    )
    corpus = student.file(
        "corpus.txt", "\n".join(["hug"] * 10 + ["mug"] * 4 + ["sun"] * 11 + ["bun"] * 3 + ["hugs"] * 5)
    )
    _, merges = student.bpe.train_bpe(corpus, 256 + 4, [])
    expect(
        merges,
        [(b"u", b"g"), (b"h", b"ug"), (b"u", b"n"), (b"s", b"un")],
        "count every pair inside each pre-token, as often as the pre-token occurs; see the worked example",
    )


@points(1, task="1.2")
def test_ties_go_to_the_greatest_pair(student: Student) -> None:
    """Equally frequent pairs: the greatest pair of byte strings is merged first."""
    corpus = student.file("corpus.txt", "ab cd\nba\nzé")
    _, merges = student.bpe.train_bpe(corpus, 256 + 2, [])
    expect(
        merges,
        [(b"\xc3", b"\xa9"), (b"z", b"\xc3\xa9")],
        "among the most frequent pairs take max() of the pairs of byte strings",
        {
            "ties went to the pair seen first; take the greatest pair of byte strings": lambda: [
                (b"a", b"b"),
                (b" ", b"c"),
            ],
            "ties went to the smallest pair, or ties were compared as text; compare the byte strings": lambda: [
                (b" ", b"c"),
                (b" c", b"d"),
            ],
            "a pair that occurs once may be merged, too": list,
            "ties went to the smallest ids; take the greatest pair of byte strings": lambda: [
                (b" ", b"c"),
                (b"a", b"b"),
            ],
        },
    )


@points(0.5, task="1.2")
def test_ids_are_specials_then_bytes_then_merges(student: Student) -> None:
    """Ids: special tokens in the given order, the 256 bytes, the merges."""
    corpus = student.file("corpus.txt", f"aaa{END}aaa")
    vocab, _ = student.bpe.train_bpe(corpus, 256 + 2 + 2, [END, "<|pad|>"])
    expect(vocab, vocab_of([(b"a", b"a"), (b"aa", b"a")], [END, "<|pad|>"]), "vocab maps id to bytes")


@points(0.5, task="1.2")
def test_special_tokens_are_hard_boundaries(student: Student) -> None:
    """Training never counts or merges across or inside a special token."""
    corpus = student.file("corpus.txt", f"x{END}y" * 5 + "y")
    _, merges = student.bpe.train_bpe(corpus, 256 + 1 + 9, [END])
    inside = any(b"|" in left + right for left, right in merges)
    expect(
        merges,
        [(b"y", b"x"), (b"y", b"y")],
        "split the text on special tokens first, then pre-tokenize, count and merge",
        {
            "special tokens were not split off before counting; split the text on them first": lambda: (
                merges if inside else None
            ),
            "a pair that occurs once may be merged, too": lambda: [(b"y", b"x")],
        },
    )
    for specials in ([], ["<|pad|>"]):
        _, merges = student.bpe.train_bpe(student.file("plain.txt", f"a{END}" * 2), 257 + len(specials), specials)
        expect(
            merges,
            [(b"|", b">")],
            "only the special tokens that are given are cut out",
            {
                "the text was cut at <|endoftext|>, which is no special token here": list,
                OTHER_TIE: lambda: [(b"<", b"|")],
            },
        )
    _check_special_ids(student)


def _check_special_ids(student: Student) -> None:
    some = student.bpe.Tokenizer(vocab_of([], ["<|x|>", "<|x|><|y|>"]), [], ["<|x|>", "<|x|><|y|>"])
    expect(
        some.encode("<|x|><|y|>x"),
        [1, 2 + ord("x")],
        "of special tokens that start at one place, take the longest",
        {
            "of special tokens that start at one place the first given was taken; take the longest": lambda: [
                0,
                *(2 + byte for byte in b"<|y|>x"),
            ]
        },
    )
    overlap = student.bpe.Tokenizer(vocab_of([], ["ab", "bcd"]), [], ["ab", "bcd"])
    expect(
        overlap.encode("abcd"),
        [0, 2 + ord("c"), 2 + ord("d")],
        "the leftmost special token counts first, and only then its length",
        {"the longest special token was cut out first; the leftmost is": lambda: [2 + ord("a"), 1]},
    )
    few = student.bpe.Tokenizer({4: b"a", 9: b"b"}, [], ["<|x|>", "<|long|>"])
    expect(
        few.encode("<|long|>b<|x|>"),
        [11, 9, 10],
        "special tokens that are not in vocab get the largest id + 1 and so on, in the order given",
        {
            "new special tokens were numbered from len(vocab) on; take the largest id + 1": lambda: [3, 9, 2],
            "new special tokens got ids longest first; the order given counts": lambda: [10, 9, 11],
        },
    )
    none = student.bpe.Tokenizer(vocab_of([], [END]), [])
    expect(
        none.encode(END),
        [1 + byte for byte in END.encode()],
        "no special token is given here, so this is text like any other",
        {"a special token of vocab was found though it was not given": lambda: [0]},
    )


@points(0.5, task="1.2")
def test_training_stops_when_no_pair_is_left(student: Student) -> None:
    """A corpus can run out of pairs; too small a vocab_size is an error."""
    vocab, merges = student.bpe.train_bpe(student.file("corpus.txt", "ab ab abb"), 1000, [])
    expect(merges, [(b"a", b"b"), (b" ", b"ab"), (b" ab", b"b")], "stop when every pre-token is one token")
    expect(len(vocab), 259, "no entry is made up to reach vocab_size")
    for size, specials, naming, hint in (
        (256, [END], "256", "check vocab_size before anything else"),
        (300, ["<|x|>", "<|y|>", "<|x|>"], "<|x|>", "a special token that is given twice is an error"),
        (300, ["<|x|>", ""], "", "an empty special token is an error"),
    ):
        with expect_raises(ValueError, naming=naming, hint=hint):
            student.bpe.train_bpe(student.file("corpus.txt", "abc"), size, specials)


@points(1, task="1.2")
def test_encoding_applies_merges_in_the_order_learned(student: Student) -> None:
    """Encoding applies the merges in the order they were learned."""
    tokenizer = student.bpe.Tokenizer(vocab_of(MERGES, []), MERGES)
    expect(tokenizer.encode("the cat ate"), [259, 257, 97, 116, 260, 101], "apply the merges to each pre-token")
    merges = [(b"h", b"e"), (b"t", b"h"), (b"th", b"e"), (b"b", b"c"), (b"a", b"b"), (b"a", b"bc")]
    ordered = student.bpe.Tokenizer(vocab_of(merges, []), merges)
    for text, ids, sentence, mistaken in (
        ("abcd", [261, 100], "pairs were merged from left to right", [260, 99, 100]),
        ("then", [116, 256, 110], "the longest match was taken first", [258, 110]),
        ("the", [116, 256], "a pre-token was looked up as a whole", [258]),
    ):
        in_order = "apply the merges in the order they were learned"
        expect(ordered.encode(text), ids, in_order, {f"{sentence}; {in_order}": partial(list, mistaken)})


@points(0.5, task="1.2")
@given(text=st.text(max_size=80))
def test_decode_undoes_encode(student: Student, text: str) -> None:
    """Any text survives encoding and decoding."""
    tokenizer = student.bpe.Tokenizer(vocab_of(MERGES, [END]), MERGES, [END])
    ids = tokenizer.encode(text)
    apart = partial(_decoded_apart, ids)
    expect(
        tokenizer.decode(ids),
        text,
        "join the bytes of all ids first, then decode once",
        {"each id was decoded by itself; a character may be spread over several": apart},
    )


def _decoded_apart(ids: list[int]) -> str:
    vocab = vocab_of(MERGES, [END])
    return "".join(vocab.get(each, b"").decode("utf-8", "replace") for each in ids)


@points(0.5, task="1.2")
def test_encode_iterable_equals_encode_of_the_whole(student: Student) -> None:
    """encode_iterable gives the ids of the joined text, however it is cut."""
    tokenizer = student.bpe.Tokenizer(vocab_of(MERGES, [END]), MERGES, [END])
    whole = [260, 258, 98, 117, 0, 260, 261, 102]
    for pieces in (
        ["the cat", f"{END}the ate"],
        list(f"the cat{END}the ate"),
        [f"the cat{END[:4]}", f"{END[4:]}the ate"],
    ):
        got = tokenizer.encode_iterable(iter(pieces)).rest()
        expect(
            got,
            whole,
            "a pre-token or a special token may span two strings",
            {
                "each string was encoded by itself; a token may span two": lambda: [
                    1 + byte for byte in f"the cat{END}the ate".encode()
                ]
            },
        )
    expect(
        tokenizer.encode_iterable(iter(["the", "", " cat"])).rest(),
        [260, 258, 98, 117],
        "an empty string is not the end",
        {"the input ended at an empty string; an empty string is not the end": lambda: [260]},
    )
    longer = student.bpe.Tokenizer(vocab_of([], [END, END * 2]), [], [END, END * 2])
    expect(
        longer.encode_iterable(iter([END, END, "a", END, "b"])).rest(),
        [1, 2 + ord("a"), 0, 2 + ord("b")],
        "a special token may be the beginning of a longer one: wait for what follows",
        {
            "a special token was cut out before it was known whether a longer one is there": lambda: [
                *[0, 0, 2 + ord("a"), 0, 2 + ord("b")]
            ]
        },
    )
    within = student.bpe.Tokenizer(vocab_of([], [" aaaa", "aa"]), [], [" aaaa", "aa"])
    expect(
        within.encode_iterable(iter(" aaaa b")).rest(),
        [0, 2 + ord(" "), 2 + ord("b")],
        "a special token may lie within another that begins before it: wait for what follows",
        {
            "a special token was cut out before it was known whether it is a part of one that begins before it": (
                lambda: [2 + ord(" "), 1, 1, 2 + ord(" "), 2 + ord("b")]
            )
        },
    )
    merges = [(b"'", b"l"), (b"'l", b"l"), (b"l", b"l")]
    contracted = student.bpe.Tokenizer(vocab_of(merges, []), merges)
    for first in ([], ["a "]):
        strings = [*first, *["I'l", "l "] * 120]
        expect(
            contracted.encode_iterable(iter(strings)).rest(),
            [*"".join(first).encode(), ord("I"), 257, *[ord(" "), ord("I"), 257] * 119, ord(" ")],
            HELD_BACK,
        )


HELD_BACK = "too little text was held back: what is read next can change the last two pre-tokens ('l becomes 'll)"


@points(0.5, task="1.2")
def test_ids_come_while_strings_are_read(student: Student) -> None:
    """encode_iterable waits for no line end, nor for anything else but what can change an id."""
    tokenizer = student.bpe.Tokenizer(vocab_of(MERGES, [END]), MERGES, [END])
    for string, missing in (
        ("cat\n", ""),
        ("the cat, ", "a line end"),
        ("the.", "white space"),
        ("b2", "punctuation or white space"),
        ("日1", "a letter of ASCII"),
        (END, "text that is no special token"),
    ):
        feed = Feed(repeat(string, 2_000))
        next(tokenizer.encode_iterable(feed))
        expect_that(
            feed.taken <= 101,
            f"at most 101 strings {string!r} are read for the first id",
            f"{feed.taken:,} strings were read" + (", to the end of the input" if feed.taken == 2_000 else ""),
            waited(feed.taken == 2_000, missing),
        )
    _check_memory(student)


def waited(to_the_end: bool, missing: str = "") -> str:
    """What is told of an id that came too late: `to_the_end` of an input that holds nothing that is `missing`."""
    if not to_the_end:
        return "a buffer was filled before the first id; yield the ids that no later text can change"
    if missing:
        return f"{missing} was waited for, which need not come; yield the ids that no later text can change"
    return "the whole input was read before the first id; yield the ids that no later text can change"


def _check_memory(student: Student) -> None:
    """Four MiB in strings of two KiB, gone when they have passed; a hundred of them may be read ahead."""
    special = f"<|{'long' * 250}|>"
    tokenizer = student.bpe.Tokenizer(vocab_of(MERGES, [special]), MERGES, [special])
    used: list[float | None] = []

    def strings() -> Iterator[str]:
        for n in range(2_000):
            if n in (300, 1_999):
                used.append(student.used_mib())
            yield f"{special}the" * 2 + f" {n:04}"

    expect(len(tokenizer.encode_iterable(strings()).rest()), 2_000 * 9, "nine ids for each string")
    early, late = used
    if early is not None and late is not None:
        expect_that(
            late - early < 1.6,
            "no more memory when four MiB have been read than when half a MiB had been",
            f"{late - early:.1f} MiB more",
            "what has been read is kept; the input may be larger than memory, so let go of what has its ids",
        )


TEXTS = [
    (
        "5678",
        [(b"7", b"8"), (b"6", b"78"), (b"5", b"678")],
        "digits were cut into groups of three; all digits that follow each other are one pre-token",
        [(b"6", b"7"), (b"5", b"67")],
    ),
    ("I'VE", [(b"V", b"E")], "contractions are in lower case only", [(b"V", b"E"), (b"'", b"VE")]),
    (
        "\ufeffa",
        [(b"\xef", b"\xbb"), (b"\xef\xbb", b"\xbf")],
        "the byte order mark was dropped; it is text like any other",
        [],
    ),
    (
        "a\r\n\r\nb",
        [(b"\r", b"\n"), (b"\r\n", b"\r")],
        "line ends were translated; read the bytes as they are",
        [],
    ),
    ("a\n \nb", [(b"\n", b" ")], "lines were read one by one; white space goes over lines", [(b" ", b"\n")]),
]
"""Texts, their merges, what is easily taken otherwise, and the merges that this gives."""

TIES_OF_DIGITS = [[(b"5", b"6"), (b"7", b"8"), (b"56", b"78")], [(b"5", b"6"), (b"56", b"7"), (b"567", b"8")]]
"""The merges of the first of them where the first pair, or the smallest, is taken."""


@points(0.5, task="1.2")
def test_files_are_read_as_they_are(student: Student) -> None:
    """Line ends, marks, digits and contractions in training; every line of a file of merges."""
    for text, merges, sentence, mistaken in TEXTS:
        _, learned = student.bpe.train_bpe(student.file("corpus.txt", text), 300, [])
        mistakes: dict[str, Callable[[], object]] = {sentence: partial(list, mistaken)}
        if len(merges) > 2:
            mistakes[OTHER_TIE] = partial(OneOf, TIES_OF_DIGITS)
        expect(learned, merges, "see the handout: how files are read, and what pre-tokens are", mistakes)
    line = "\1\2\n  " + "".join(letter for letter in map(chr, range(0x400, 0x52F)) if letter.isalpha())
    _, small = student.bpe.train_bpe(student.file("small.txt", line * 2), 1000, [END])
    _, large = student.bpe.train_bpe(student.file("large.txt", line * 5_000), 1000, [END])
    place = next((n for n, (one, other) in enumerate(zip(small, large, strict=False)) if one != other), -1)
    where = "a word" if place >= 0 and small[place][0] > b"\x7f" else "white space"
    alike = "large.txt repeats the line of small.txt, and so has the same merges"
    expect(large, small, f"a large file was cut in the middle of {where}; {alike}")
    vocab = student.file("vocab.json", '{"#": 2, "-": 1, "#-": 0}')
    expect(
        student.bpe.Tokenizer.from_files(vocab, student.file("merges.txt", "#version: 0.2\n# -")).encode("#-"),
        [0],
        "only a first line that starts with #version is no merge",
        {"a line of the merges was skipped; it begins with #, but is no comment": lambda: [2, 1]},
    )


@points(0.5, task="1.2")
def test_decoding_replaces_malformed_bytes(student: Student) -> None:
    """Ids whose bytes are no valid UTF-8 decode to U+FFFD."""
    tokenizer = student.bpe.Tokenizer(vocab_of([], []), [])
    expect(
        tokenizer.decode([0xE6, 0x97, 0xA5]),
        "日",
        "join the bytes of all ids first, then decode once",
        {"each id was decoded by itself; a character may be spread over several": lambda: "\ufffd" * 3},
    )
    with expect_answer(answer=repr("a\ufffd")):
        got = tokenizer.decode([0x61, 0xE6, 0x97])
    expect(got, "a\ufffd", "decode with errors='replace'")
    expect(
        tokenizer.decode(iter([0x61, 0x62])),
        "ab",
        "any iterable of ids will do",
        {"the ids were walked through twice, and an iterator is empty then": str},
    )
    few = student.bpe.Tokenizer({2: b"x", 6: b"y"}, [])
    for wrong in (4, -1):
        with expect_raises((ValueError, KeyError), naming=str(wrong), hint="no such id; none counts from the end"):
            few.decode([2, wrong])
    expect(
        tokenizer.decode([*b" so , 'tis "]),
        " so , 'tis ",
        "join the bytes, and change nothing",
        {
            "spaces before punctuation were dropped; decoding changes nothing": lambda: " so, 'tis ",
            "spaces at the ends were dropped; decoding changes nothing": lambda: "so , 'tis",
        },
    )


@points(0.5, task="1.2")
def test_recorded_trainings_are_reproduced(student: Student) -> None:
    """Trainings on the shipped corpora give the recorded vocabularies and ids."""
    for name in ("english", "documents"):
        recorded = snapshot(name)
        corpus = student.file(f"{name}.txt", recorded["corpus"])
        vocab, merges = student.bpe.train_bpe(corpus, recorded["vocab_size"], recorded["special_tokens"])
        hint = (
            f"compare with fixtures/bpe/{name}.json; where two pairs are equally frequent, the greatest is merged"
        )
        inside = any(b"<|" in left + right for left, right in merges)
        unsplit = "special tokens were not split off before counting; split the text on them first"
        told = {unsplit: lambda merges=merges, inside=inside: merges if inside else None}
        expect(merges, recorded["merges"], hint, told if recorded["special_tokens"] else None)
        expect(vocab, recorded["vocab"], "vocab maps id to bytes: special tokens, bytes, merges")
        tokenizer = student.bpe.Tokenizer(recorded["vocab"], recorded["merges"], recorded["special_tokens"])
        for encoding in recorded["encodings"]:
            expect(
                tokenizer.encode(encoding["text"]),
                encoding["ids"],
                "apply the merges in the order they were learned, and not across pre-tokens or special tokens",
            )
    text = snapshot("english")["corpus"].decode()
    check_growth(student, text, partial(_plain_step_s, Counter(tuple(word) for word in text.split(" "))))


def check_growth(student: Student, text: str, plain_step_s: Callable[[], float]) -> None:
    """A merge must take less than a part of the time in which all pairs are counted anew.

    The yardstick is taken in the same minute, so that a slow or busy machine changes both. Who is slow because it
    takes long to begin is measured by a hundred merges more. The best of three times counts, and of more where
    they are short, since other programs may have had the processor.
    """
    took = {1: inf, 2: inf}
    path = student.file("growth.txt", text)
    step_s, rounds, until = inf, 0, student.seconds() + ROUNDS_S
    while rounds < 3 or (rounds < 12 and student.seconds() < until):
        rounds += 1
        for times in took:
            step_s = min(step_s, plain_step_s())
            started = student.seconds()
            student.bpe.train_bpe(path, 256 + 100 * times, [])
            took[times] = min(took[times], student.seconds() - started)
        if took[2] / 200 < GROWTH * step_s:
            return
    share = (took[2] - took[1]) / 100 / step_s
    expect_that(
        share < GROWTH,
        f"each merge takes less than {GROWTH:.0%} of the time that it takes to count all pairs once",
        f"each merge takes {share:.0%} of that time",
        "all pairs were counted anew after each merge: update only the counts of words that hold the merged pair",
    )


GROWTH = 0.25
ROUNDS_S = 5.0


def _plain_step_s(words: Counter[tuple[str, ...]]) -> float:
    """What a merge takes when all pairs are counted anew, and are looked for in all words."""
    started = perf_counter()
    for _ in range(4):
        found = Counter[tuple[str, str]]()
        for letters, often in words.items():
            for neighbours in pairwise(letters):
                found[neighbours] += often
        best = max(found, key=lambda each: (found[each], each))
        [[neighbours == best for neighbours in pairwise(letters)] for letters in words]
    return (perf_counter() - started) / 4
