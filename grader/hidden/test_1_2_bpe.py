"""Task 1.2, hidden checks: new inputs for what the handout asks, compared with the reference and the oracle."""

from __future__ import annotations

import pydoc_data.topics
import random
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import pairwise, repeat, takewhile
from operator import getitem
from pathlib import Path
from time import perf_counter

import regex
from hypothesis import example, given
from hypothesis import strategies as st

from grader.oracle import naive_bpe
from grader.oracle.naive_bpe import TieRule
from grader.reference import bpe as reference
from tests.bpe_examples import MERGES, Merges, printable, vocab_of
from tests.harness import Feed, Student, expect, expect_raises, expect_that, limits, points
from tests.harness.student import Mistakes
from tests.test_1_2_bpe import HELD_BACK, check_growth, waited

END = "<|endoftext|>"
TIES: dict[TieRule, str] = {
    "first_seen": "ties went to the pair seen first; take the greatest pair of byte strings",
    "smallest": "ties went to the smallest pair; take the greatest pair of byte strings",
    "smallest_id": "ties went to the smallest ids; take the greatest pair of byte strings",
    "greatest_id": "ties went to the greatest ids; compare the byte strings, not the ids",
    "text": "ties were compared as text; compare the byte strings",
}


def tie_mistakes(text: str, vocab_size: int, special_tokens: list[str]) -> Mistakes:
    """What each wrong tie rule would have merged."""

    def merges_by(rule: TieRule) -> Merges:
        return naive_bpe.train_on_text(text, vocab_size, special_tokens, rule)[1]

    return {sentence: partial(merges_by, rule) for rule, sentence in TIES.items()}


def check_training(student: Student, text: str, merges: int, special_tokens: list[str]) -> None:
    """Train on text, and compare merges and vocabulary with the oracle's."""
    size = 256 + len(special_tokens) + merges
    vocab, learned = student.bpe.train_bpe(student.file("corpus.txt", text), size, special_tokens)
    expected_vocab, expected = naive_bpe.train_on_text(text, size, special_tokens)
    mistakes = dict(tie_mistakes(text, size, special_tokens))
    if special_tokens:
        mistakes["special tokens were not split off before counting"] = lambda: naive_bpe.train_on_text(
            text, size - len(special_tokens), []
        )[1]
    for name in (END, "<|pad|>"):
        if name in text and name not in special_tokens:
            mistakes[f"the text was cut at {name}, which is no special token here"] = partial(
                _cut_at, text, size, special_tokens, name
            )
    expect(learned, expected, f"trained on {text!r}" if len(text) < 80 else "", mistakes)
    expect(vocab, expected_vocab, "vocab maps id to bytes: special tokens, bytes, merges")


def _cut_at(text: str, size: int, special_tokens: list[str], name: str) -> Merges:
    return naive_bpe.train_on_text(text, size + 1, [*special_tokens, name])[1]


words = st.lists(st.text("abc", min_size=1, max_size=6), max_size=12).map(" ".join)


@limits(wall_s=60, cpu_s=120)  # for who opens a pool of processes each time
@points(1, task="1.2")
@given(text=words, merges=st.integers(1, 12) | st.just(200))
def test_small_corpora_train_as_the_plain_algorithm_does(student: Student, text: str, merges: int) -> None:
    """Training on random small corpora, where ties abound; to the end, too, where no pair is left."""
    check_training(student, text, merges, [])


@points(1, task="1.2")
def test_ties_compare_byte_strings(student: Student) -> None:
    """Ties are decided by byte strings: not by ids, not by text, not by order of sight."""
    check_training(student, "ab ab cd cd\nzé zé\n xy xy\txy ba ba", 16, [])
    check_training(student, "aab aab aab bb bb bb abb abb abb " * 2, 12, [])
    for seed in (5, 6):
        low = random.Random(seed)
        check_training(student, " ".join("".join(low.choices("\0\1", k=8)) for _ in range(6)), 12, [])


def _first_given(text: str, specials: list[str]) -> list[int]:
    """The ids when the first of several special tokens is taken."""
    vocab, parts = vocab_of(MERGES, specials), re.split(f"({'|'.join(map(re.escape, specials))})", text)
    plain = [naive_bpe.encode(part, vocab, MERGES, []) for part in parts]
    return [
        i
        for part, ids in zip(parts, plain, strict=True)
        for i in ([specials.index(part)] if part in specials else ids)
    ]


@points(0.5, task="1.2")
def test_special_tokens_that_overlap(student: Student) -> None:
    """Several special tokens, prefixes of each other and overlapping ones, in training and encoding."""
    specials = ["<|a|>", "<|a|><|a|>", "<|a", "|>x", "日本", "a|>yz0y"]
    text = "<|a|>".join(["sun"] * 4 + ["bun", "sun<|a|><|a|>sun", "sun<|a sun|>xun", "日本un<|b|>un"])
    check_training(student, text, 2, specials)
    check_training(student, "   <|a|>   ", 2, specials)
    for others in ([], ["<|a|>"]):
        check_training(student, f"sun{END}bun{END}" * 2 + "<|pad|>", 30, others)
        check_training(student, f"x<|pad|>y{END}<|pad|>", 30, [*others, END])
    every = student.bpe.Tokenizer(vocab_of([], [END, "<s>", "[X]"]), [], ["<s>"])
    expect(
        every.encode(f"<s>{END}[X]"),
        [1, *(3 + byte for byte in f"{END}[X]".encode())],
        "only the special tokens that are given are special",
        {
            "a special token of vocab was found though it was not given": lambda: [1, 0, 2],
            "a special token of vocab that looks like one was found though it was not given": lambda: [
                1,
                0,
                *(3 + byte for byte in b"[X]"),
            ],
        },
    )
    tokenizer = student.bpe.Tokenizer(vocab_of(MERGES, specials), MERGES, specials)
    for sample in (text, "<|a|><|a|><|a|>", "<|a|>x", "x<|a|", "日日本本", "<|a|>yz0y", "ya|>yz0y"):
        expect(
            tokenizer.encode(sample),
            naive_bpe.encode(sample, vocab_of(MERGES, specials), MERGES, specials),
            f"encoding {sample!r}: the leftmost special token first, the longest of those that start there",
            {
                "of special tokens that start at one place the first given was taken; take the longest": partial(
                    _first_given, sample, specials
                )
            },
        )
    added = student.bpe.Tokenizer(vocab_of(MERGES, []) | {300: b"<|b|>"}, MERGES, ["<|a|>", "<|b|>", END])
    expect(
        added.encode(f"{END}<|a|><|b|>"),
        [302, 301, 300],
        "special tokens that are not in vocab get the largest id + 1 and so on, in the order given",
        {
            "new special tokens got ids longest first; the order given counts": lambda: [301, 302, 300],
            "new special tokens were numbered from len(vocab) on; take the largest id + 1": lambda: [
                264,
                263,
                300,
            ],
        },
    )


def _pattern(
    contraction: str = "'(?:[sdmt]|ll|ve|re)",
    letters: str = r"\p{L}+",
    digits: str = r"\p{N}+",
    others: str = r"[^\s\p{L}\p{N}]+",
    white: str = r"\s+(?!\S)|\s+",
) -> str:
    return f"{contraction}| ?{letters}| ?{digits}| ?{others}|{white}"


PATTERNS = {
    "contractions are in lower case only": _pattern(contraction="(?i:'(?:[sdmt]|ll|ve|re))"),
    "a contraction has ', not ’": _pattern(contraction="['’](?:[sdmt]|ll|ve|re)"),
    "digits don't come in groups of three": _pattern(digits=r"\p{N}{1,3}"),
    "\\p{N} holds ½, too": _pattern(digits=r"\p{Nd}+", others=r"[^\s\p{L}\p{Nd}]+"),
    "\\w is not \\p{L}, which has no marks": _pattern(
        letters=r"[^\W\d_]+", digits=r"\d+", others=r"(?:_|[^\s\w])+"
    ),
    "white space leaves its last character to the word": _pattern(white=r"\s+"),
}
"""Patterns that are taken for GPT-2's, each under the sentence that says what is right."""

PRE_TOKENS = ["I'M'M'M", "’s’s’s’s“", "1111", "½a1½", "सा" * 4 + "स" * 3, "  a", "\ufeff\ufec01\ufec01"]
"""Texts in which no pairs tie, and which other patterns split otherwise; the last has a byte order mark."""


def _merges_by(pattern: str, text: str) -> Merges:
    words = Counter(tuple(bytes([b]) for b in match.group().encode()) for match in regex.finditer(pattern, text))
    return naive_bpe.train_on_words(words, vocab_of([], []), 300)


def _check_pre_tokens(student: Student, text: str) -> None:
    """Train on a text to the end, and encode it."""
    vocab, merges = naive_bpe.train_on_text(text, 300, [])
    hint = f"compare the pattern of pre-tokens with the handout's: the text was {text!r}"
    mistakes: dict[str, Callable[[], object]] = {
        f"the pattern of pre-tokens is another; compare it with the handout's: {sentence}": partial(
            _merges_by, pattern, text
        )
        for sentence, pattern in PATTERNS.items()
    }
    bare, dropped = text.removeprefix("\ufeff"), "the byte order mark was dropped; it is text like any other"
    mistakes[dropped] = lambda: naive_bpe.train_on_text(bare, 300, [])[1]
    _, learned = student.bpe.train_bpe(student.file("pre-tokens.txt", text), 300, [])
    expect(learned, merges, hint, mistakes)
    expect(
        student.bpe.Tokenizer(vocab, merges).encode(text),
        naive_bpe.encode(text, vocab, merges, []),
        hint,
        {dropped: lambda: naive_bpe.encode(bare, vocab, merges, [])},
    )


@points(0.5, task="1.2")
def test_odd_files_train_as_specified(student: Student) -> None:
    """Empty files, malformed UTF-8, \\r\\n, odd pre-tokens, files without any word; and no merges at all."""
    for text in PRE_TOKENS:
        _check_pre_tokens(student, text)
    hint = "read bytes, decode with errors='replace', and leave line ends as they are"
    malformed = b"\xff\xff\xff " + "\u0ffd\u0ffd".encode() + b" \xff"
    for raw, size in (
        (b"", 300),
        (malformed, 258),
        (b"a\r\nb\r\nab\r\n\r\nab ab ab\r\n\r\n", 259),
        (b" \n\t \n", 257),
        (b"as many as there are bytes", 256),
    ):
        text = raw.decode("utf-8", errors="replace")
        expected = naive_bpe.train_on_text(text, size, [])
        vocab, merges = student.bpe.train_bpe(student.file("odd.txt", raw), size, [])
        newlines = naive_bpe.train_on_text(text.replace("\r\n", "\n"), size, [])
        expect(
            merges,
            expected[1],
            hint,
            {"line ends were translated; read the bytes as they are": partial(getitem, newlines, 1)},
        )
        expect(vocab, expected[0], hint)
    with expect_raises(ValueError, naming=""):
        student.bpe.train_bpe(student.file("a.txt", "a"), 300, [""])
    with expect_raises(ValueError, naming=END):
        student.bpe.train_bpe(student.file("a.txt", "a"), 300, [END, END])


def _plain_step_s(words: Counter[naive_bpe.Word]) -> float:
    """What a merge takes the oracle, which counts all pairs anew."""
    started = perf_counter()
    naive_bpe.train_on_words(words, vocab_of([], []), 256 + 4)
    return (perf_counter() - started) / 4


def _check_a_large_file(student: Student) -> None:
    """Nine megabytes in which pairs tie: a cut in a word, or in white space over lines, changes their order."""
    word = "".join(letter for letter in map(chr, range(0xC0, 0x250)) if letter.isalpha())
    text = f"\3\5\n\t {word}"
    whole = text * 5_600 + END + text * 5_600
    _, learned = student.bpe.train_bpe(student.file("large.txt", whole), 2000, [END])
    expect(
        learned,
        naive_bpe.train_on_text(text * 2, 2000, [])[1],
        "a large file was cut in the middle of a word or of white space: cut it where a cut changes no pre-token",
    )


@points(1, task="1.2")
@limits(wall_s=60, cpu_s=120)
def test_real_text_trains_exactly(student: Student, tmp_path: Path) -> None:
    """Half a megabyte of English, with special tokens, trains to the same vocabulary as the reference."""
    text = END.join(pydoc_data.topics.topics.values())
    check_growth(student, text[:80_000], partial(_plain_step_s, naive_bpe.count_words(text[:80_000], [])))
    _check_a_large_file(student)
    corpus = tmp_path / "topics.txt"
    corpus.write_bytes(text.encode())
    expected_vocab, expected = reference.train_bpe(corpus, 1500, [END])
    vocab, merges = student.bpe.train_bpe(student.file("topics.txt", corpus.read_bytes()), 1500, [END])
    mistakes: Mistakes = {
        "a tie was decided otherwise; take the greatest pair of byte strings": (
            lambda: merges if naive_bpe.follow_the_counts(text, [END], merges[: len(expected)]) else None
        ),
        "special tokens were not split off before counting": lambda: reference.train_bpe(corpus, 1499, [])[1],
    }
    hint = "no tie: compare the pattern of pre-tokens, and look at overlapping pairs such as (a, a) in aaa"
    expect(merges, expected, hint, mistakes)
    expect(vocab, expected_vocab)
    corpus.write_bytes(text.replace(END, "\n").encode())
    _, learned = student.bpe.train_bpe(student.file("plain.txt", corpus.read_bytes()), 256 + 30, [])
    expect(learned, reference.train_bpe(corpus, 256 + 30, [])[1], "the same text without special tokens")


def made_by_hand(chance: random.Random) -> Merges:
    """Merges of bytes and of what earlier ones gave, no two of which give the same bytes."""
    tokens, merges = [b"a", b"b", b"c", b" "], list[tuple[bytes, bytes]]()
    for _ in range(12):
        left, right = chance.choice(tokens), chance.choice(tokens)
        if left + right not in tokens and len(left + right) < 9:
            merges.append((left, right))
            tokens.append(left + right)
    return merges


@points(1, task="1.2")
@given(text=st.text(st.sampled_from("aabbcc é"), max_size=60), seed=st.integers(0, 10**6))
@example(text="", seed=65)
def test_encoding_equals_the_plain_algorithm(student: Student, text: str, seed: int) -> None:
    """Encoding random text with random vocabularies, ids in no order, applies every merge in its order."""
    chance = random.Random(seed)
    trained, merges = naive_bpe.train_on_text("".join(chance.choices("abc ", k=120)), 256 + 25, [])
    vocab = dict(zip(chance.sample(range(1000), len(trained)), trained.values(), strict=True))
    text += "".join(chance.choices("abc ", k=60))
    made = made_by_hand(chance)
    by_hand = dict(enumerate([bytes([byte]) for byte in range(256)] + [left + right for left, right in made]))
    expect(
        student.bpe.Tokenizer(by_hand, made).encode(text),
        naive_bpe.encode(text, by_hand, made, []),
        f"merges {made!r} applied to {text!r}, each in the order learned",
    )
    expect(
        student.bpe.Tokenizer(vocab, merges).encode(text),
        naive_bpe.encode(text, vocab, merges, []),
        f"merges {merges[:3]}... applied to {text!r}, each in the order learned",
        {
            "the longest match was taken first; apply the merges in the order they were learned": (
                lambda: naive_bpe.greedy_longest(text, vocab)
            ),
            "pairs were merged from left to right; apply the merges in the order they were learned": (
                lambda: naive_bpe.left_to_right(text, vocab, merges)
            ),
        },
    )


@points(1, task="1.2")
@given(
    text=st.lists(
        st.sampled_from(["the", " cat", "  ", "\n", "'", "ll", "<|", END, END[:5], "日", "1"]), max_size=20
    ),
    cuts=st.lists(st.integers(0, 120), max_size=8),
    spans=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), max_size=3),
)
@example(text=[END, END, "the"], cuts=[len(END)], spans=[])
@example(text=["the", " cat", "the"], cuts=[], spans=[(0, 8), (3, 3)])
@example(text=["the", " cat", "the"], cuts=[], spans=[(2, 3), (4, 5)])
def test_encode_iterable_for_any_chunking(
    student: Student, text: list[str], cuts: list[int], spans: list[tuple[int, int]]
) -> None:
    """encode_iterable gives the ids of the joined text for any chunking, through special tokens too."""
    whole = "".join(text)
    edges = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    pieces = [whole[start:end] for start, end in pairwise(edges)]
    _same_ids(student, pieces, [END, END + END, "<|"])
    _same_ids(student, list(whole), [])
    within = {whole[start : start + size] for start, size in spans}  # which may overlap, or lie in another
    tokens = vocab_of(EDGES, []).values()
    _same_ids(student, list(whole), sorted(each for each in within if each and each.encode() not in tokens))
    _same_ids(student, ["the", END, END, " cat", END], [END, END + END])
    _same_ids(student, ["the", "", " cat"], [])
    _same_ids(student, ["it'l", "l"], [])
    _same_ids(student, list("it'll  do,'ve\n  \n'l x"), [])


EDGES = [
    *MERGES,
    (b"'", b"l"),
    (b"'l", b"l"),
    (b"l", b"l"),
    (b"'", b"v"),
    (b"'v", b"e"),
    (b" ", b" "),
    (b"\n", b" "),
]
"""Merges that tell where pre-tokens end: after the quote or not, and how much white space is one."""


def _same_ids(student: Student, pieces: list[str], specials: list[str], hint: str = "") -> None:
    whole, vocab = "".join(pieces), vocab_of(EDGES, specials)
    tokenizer = student.bpe.Tokenizer(vocab, EDGES, specials)
    chunk_by_chunk = [i for piece in pieces for i in naive_bpe.encode(piece, vocab, EDGES, specials)]
    expect(
        tokenizer.encode_iterable(iter(pieces)).rest(),
        naive_bpe.encode(whole, vocab, EDGES, specials),
        hint or f"the strings were {pieces!r}",
        {
            "an empty string is not the end": lambda: naive_bpe.encode(
                "".join(takewhile(bool, pieces)), vocab, EDGES, specials
            ),
            f"each string was encoded by itself; a token may span two: the strings were {pieces!r}": (
                lambda: chunk_by_chunk
            ),
        },
    )


STRINGS = [
    "cat\n",
    "the cat ate the cat, ",
    "the.",
    "a1",
    "日本 ",
    "日。",
    f"x{END}",
    END,
    "the\t",
    "'s",
    "é!",
    "?a ",
]
"""Each ends a word when it follows itself."""


def _check_first_ids(student: Student, text: str) -> None:
    """Every string gives an id, so that 30 ids take 30 strings, and what is read ahead."""
    specials = [END] if END in text else []
    ids = student.bpe.Tokenizer(vocab_of(MERGES, specials), MERGES, specials)
    feed = Feed(repeat(text, 1_000))
    stream = ids.encode_iterable(feed)
    for n in range(1, 31):
        given = next(stream, None)
        late = waited(feed.taken == 1_000, "" if text.endswith("\n") else "a line end or another sign")
        expect_that(given is not None, "an id", "no more ids", late)
        expect_that(
            feed.taken <= n + 100,
            f"at most {n + 100} strings {text!r} read for {n} ids",
            f"{feed.taken:,} strings read",
            late,
        )


@points(0.5, task="1.2")
def test_encode_iterable_is_lazy(student: Student) -> None:
    """encode_iterable yields ids before it has read the whole input."""
    tokenizer = student.bpe.Tokenizer(vocab_of(MERGES, [END]), MERGES, [END])
    line = "the cat ate the cat\n"
    expect(
        tokenizer.encode_iterable([line, line]).rest(),
        naive_bpe.encode(line + line, vocab_of(MERGES, [END]), MERGES, [END]),
        "the strings may stand in a list; iter() takes any iterable",
    )
    for each in STRINGS:
        _check_first_ids(student, each)
    for pair in (
        ["do it'l", "l "],
        ["x'v", "e"],
        [" <|endof", "text|>"],
        [" a ", "  b"],
        ["a", "b c"],
        ["1\n", "\n 1"],
    ):
        for specials in ([], [END]):
            _same_ids(student, pair * 151, specials, HELD_BACK)
            _same_ids(student, ["the ", *pair * 151], specials, HELD_BACK)
    feed = Feed(repeat(line, 10_000))
    ids = tokenizer.encode_iterable(feed)
    hint = "yield the ids that no later text can change, and read on only then"
    expect_that(
        feed.taken == 0, "nothing read before the first id is asked for", f"{feed.taken} strings read", hint
    )
    expect_that(next(ids, None) is not None, "an id", "no more ids", hint)
    if feed.taken == 10_000:
        hint = waited(to_the_end=True)
    expect_that(
        feed.taken <= 101, "at most 101 strings read for the first id", f"{feed.taken:,} strings read", hint
    )
    for _ in range(200):
        next(ids, None)
    expect_that(feed.taken <= 200, "at most 200 strings read for 201 ids", f"{feed.taken:,} strings read", hint)
    expect(len(ids.rest()), 10_000 * len(naive_bpe.encode(line, vocab_of(MERGES, [END]), MERGES, [END])) - 201)


@points(0.5, task="1.2")
@limits(wall_s=60, cpu_s=120)
def test_long_words_encode_in_good_time(student: Student) -> None:
    """A word of 100,000 letters takes seconds, not hours, and comes out right."""
    merges: Merges = [(b"a", b"a"), (b"aa", b"aa"), (b"aaaa", b"aa"), (b"b", b"a")]
    vocab = vocab_of(merges, [])
    letters = "".join(random.Random(7).choices("aaaab", k=60_000))
    hint = "a word of n letters must not cost n * n steps: keep candidate pairs in a heap"
    tokenizer, fast = student.bpe.Tokenizer(vocab, merges), reference.Tokenizer(vocab, merges)
    for text in ("a" * 100_000, letters):
        expect(tokenizer.encode(text), fast.encode(text), hint)


FILES = [
    ("#version: 0.2\n# #\n", "only a first line that starts with #version is no merge"),
    ("# #\n", "a first line that does not start with #version is a merge"),
    ("#version: 0.2\n# #", "the last line is a merge, too, without a line end"),
]
"""Texts of merges that all hold the merge of # and #, and what must not be left out."""


@points(0.5, task="1.2")
@given(ids=st.lists(st.integers(0, 261), max_size=24))
def test_decode_and_files_are_exact(student: Student, ids: list[int]) -> None:
    """Decode takes any ids; from_files reads GPT-2's two files."""
    tokens = vocab_of(MERGES, [])
    vocab = "{" + ", ".join(f'"{_escape(printable(token))}": {n}' for n, token in tokens.items()) + "}"
    lines = "\n".join(f"{printable(left)} {printable(right)}" for left, right in MERGES)
    files = student.file("vocab.json", vocab), student.file("merges.txt", f"#version: 0.2\n{lines}\n")
    without = student.bpe.Tokenizer.from_files(files[0], student.file("plain.txt", f"{lines}\n"))
    expect(without.encode("the cat"), naive_bpe.encode("the cat", tokens, MERGES, []), "there is no #version line")
    for merges, sentence in FILES:
        paths = student.file("few.json", '{"#": 5, "##": 3}'), student.file("few.txt", merges)
        expect(
            student.bpe.Tokenizer.from_files(*paths).encode("##"),
            [3],
            "the ids are those of the JSON object",
            {
                f"a line of the merges was skipped; {sentence}": lambda: [5, 5],
                "tokens were numbered as they stand in the file; the JSON object gives their ids": lambda: [1],
            },
        )
    spaced = {"spaces were changed; decoding changes nothing": partial(_cleaned, " a . it 's\n , x ! ")}
    bytewise = student.bpe.Tokenizer(vocab_of([], []), [])
    once = {"the ids were walked through twice, and an iterator is empty then": str}
    expect(bytewise.decode(iter([*"日 a".encode()])), "日 a", "any iterable of ids will do", once)
    expect(bytewise.decode([*b" a . it 's\n , x ! "]), " a . it 's\n , x ! ", "join the bytes", spaced)
    few = student.bpe.Tokenizer({7: b"a", 3: b"b"}, [])
    expect(
        few.decode([3, 7]),
        "ba",
        "ids need not begin at 0, nor be in order",
    )
    for wrong in (-1, -7, 0):
        with expect_raises((ValueError, KeyError), naming=str(wrong), hint="no id counts from the end"):
            few.decode([3, wrong])
    there = student.bpe.Tokenizer(tokens | {262: END.encode()}, MERGES, [END])
    expect(there.decode([262]), END)
    with expect_raises((ValueError, KeyError), naming="263", hint="a special token that is in vocab keeps its id"):
        there.decode([263])
    tokenizer = student.bpe.Tokenizer.from_files(*files, [END])
    text = b"".join(tokens[i] for i in ids).decode("utf-8", errors="replace")
    expect(tokenizer.decode(ids), text, "join the bytes, decode once with errors='replace'")
    expect(tokenizer.encode(text), naive_bpe.encode(text, tokens, MERGES, []), "loaded from files")
    expect(tokenizer.encode(END), [262])
    with expect_raises((ValueError, KeyError), naming="999"):
        tokenizer.decode([999])


def _cleaned(text: str) -> str:
    return re.sub(r" ([.,!?]|'s|n't)", r"\1", text)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
