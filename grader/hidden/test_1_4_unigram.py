"""Task 1.4, hidden checks: random vocabularies against all ways to cut a text, and texts of many scripts."""

from __future__ import annotations

import unicodedata
from functools import partial
from math import exp, fsum, isclose, log

from hypothesis import example, given
from hypothesis import strategies as st

from grader.making import english, multilingual
from grader.oracle import naive_unigram as naive
from grader.reference import unigram as reference
from tests.harness import Student, expect, expect_close, expect_raises, expect_that, points
from tests.test_1_4_unigram import LONG, counts_of_long_words, normalized_otherwise, one_by_one

weights = st.integers(1, 50)
words = st.text("abc", min_size=1, max_size=9)


@st.composite
def vocabularies(draw: st.DrawFn) -> dict[str, float]:
    """The letters a, b, c and some longer pieces, with probabilities that sum to 1."""
    longer = draw(st.sets(st.text("abc", min_size=2, max_size=4), max_size=8))
    pieces = draw(st.permutations(["a", "b", "c", *sorted(longer)]))
    shares = [draw(weights) for _ in pieces]
    return {piece: log(share / sum(shares)) for piece, share in zip(pieces, shares, strict=True)}


CUTS = [
    ("ab", {"ab": 0.0, "a": -1.0, "b": -1.0}, ["ab"], "a score of 0 is that of a piece with probability 1"),
    ("a" * 300, {"a" * 300: -1.0, "a": -1.0}, ["a" * 300], "a piece may be long: no length is the limit"),
    ("éüa", {"a": -1.0, "b": -2.0}, ["é", "ü", "a"], "each unknown character is a piece by itself"),
]
"""Texts, vocabularies, the best way and why."""


@points(1, task="1.4")
@given(log_probs=vocabularies(), data=st.data())
def test_no_way_is_better(student: Student, log_probs: dict[str, float], data: st.DataObject) -> None:
    """The pieces give the text back, and their score is the best of all ways, with unknown characters too."""
    for lowest, cut in (-10.6, ["c", "é", "ab"]), (-9.6, ["c", "éa", "b"]):
        scores = {"éa": -11.0, "ab": -0.1, "a": -5.0, "b": lowest, "c": -3.0}
        expect(student.unigram.segment("céab", scores), cut, f"é scores -21, 10 below the lowest of {scores!r}")
    for text, scores, cut, hint in CUTS:
        expect(student.unigram.segment(text, scores), cut, hint)
    text = "".join(data.draw(st.lists(st.sampled_from([*log_probs, "é"]), max_size=5)))
    pieces = student.unigram.segment(text, log_probs)
    expect("".join(pieces), text, "joined, the pieces are the text")
    for piece in pieces:
        expect_that(
            piece in log_probs or len(piece) == 1,
            "pieces of the vocabulary",
            f"{piece!r}",
            "each unknown character is a piece by itself",
        )
    best, got = naive.best_score(text, log_probs), naive.score(pieces, log_probs)
    greedy = naive.greedy_longest(text, log_probs) == pieces
    expect_that(
        isclose(best, got, rel_tol=1e-9, abs_tol=1e-9),
        f"a way to cut {text!r} with score {best:.6f}",
        f"{pieces!r}, with score {got:.6f}",
        "the longest piece was taken first; take the way with the best sum"
        if greedy
        else "unknown characters score 10 below the lowest",
    )


large = st.integers(0, 24).flatmap(lambda digits: st.integers(10**digits, 10 ** (digits + 1)))
"""The magnitude is drawn first."""

SOME = {"a": -1.0, "b": -2.5, "ab": -3.0, "aba": -4.0, "c": -700.0, "cc": -1402.0, "d": 0.0, "dd": -0.5}
LENGTHS = (30, 400, 2000)


@points(0.5, task="1.4")
def test_long_words_are_counted_and_cut(student: Student) -> None:
    """Words whose ways have probabilities that no float holds, and that are longer than Python recurses."""
    for length in LENGTHS:
        for word in ("ab" * (length // 2), "c" * length, "d" * length):
            expect_close(
                counts_of_long_words(student, {word: 3, "a": 10**18}, SOME),
                reference.expected_counts({word: 3, "a": 10**18}, SOME),
                LONG if word[0] != "d" else "a score of 0 is that of a piece with probability 1",
            )
    word = "ab" * 300
    expect_close(
        student.unigram.removal_losses({word: 2}, SOME),
        reference.removal_losses({word: 2}, SOME),
        "words may be long",
    )
    text = "b" * 3000
    expect(student.unigram.segment(text, {"b": -400.0, "c": 0.0}), [*text], "texts may be long, and scores low")
    for text in ("  ﬁ  x ", "q\u0307\u0323", "\u1112\u1161\u11ab", " a"):
        _check_normal(student, text)


def _check_normal(student: Student, text: str) -> None:
    expect(
        student.unigram.normalize(text),
        reference.normalize(text),
        "NFKC, then ▁ for each space and one in front",
        normalized_otherwise(text),
    )


@points(0.5, task="1.4")
@given(word_counts=st.dictionaries(words, weights | large, min_size=1, max_size=4), log_probs=vocabularies())
def test_expected_counts_equal_a_sum_over_all_ways(
    student: Student, word_counts: dict[str, int], log_probs: dict[str, float]
) -> None:
    """Forward-backward gives what listing all ways gives."""
    expect_close(
        student.unigram.expected_counts(word_counts, log_probs),
        naive.expected_counts(word_counts, log_probs),
        f"the words were {word_counts!r}",
        {"only the best way was counted; all ways count": lambda: naive.viterbi_counts(word_counts, log_probs)},
    )
    for times, hint in ((2, "its last letter is no piece"), (0, "it can't be cut, if it occurs or not")):
        with expect_raises(ValueError, naming="abz", hint=hint):
            student.unigram.expected_counts({"a": 1, "abz": times}, log_probs)


@points(0.5, task="1.4")
@given(word_counts=st.dictionaries(words, weights, min_size=1, max_size=4), log_probs=vocabularies())
@example(word_counts={"ab": 1}, log_probs={"a": -1.0, "b": -1.0, "ab": -30.0})
def test_a_step_raises_the_likelihood(
    student: Student, word_counts: dict[str, int], log_probs: dict[str, float]
) -> None:
    """Probabilities sum to 1, and the words become more probable, never less."""
    better = student.unigram.em_step(word_counts, log_probs)
    expected = reference.em_step(word_counts, log_probs)
    hint = "the logarithms of count / total; only what never occurs is dropped, however rare the rest"
    expect_close(better, expected, hint)
    expect(list(better), list(expected), "the pieces stay in the order given")
    expect_close(fsum(map(exp, better.values())), 1.0, "divide by the sum of all counts")
    before, after = (naive.log_likelihood(word_counts, scores) for scores in (log_probs, better))
    expect_that(after >= before - 1e-9, f"a log-likelihood of at least {before:.6f}", f"{after:.6f}")


@points(1, task="1.4")
@given(
    word_counts=st.dictionaries(words, weights, min_size=1, max_size=3),
    log_probs=vocabularies(),
    rounded=st.integers(0, 2),
    room=st.integers(0, 9),
)
def test_losses_and_what_is_left(
    student: Student, word_counts: dict[str, int], log_probs: dict[str, float], rounded: int, room: int
) -> None:
    """Losses against all ways to cut; pruning to any size, with losses that are equal."""
    exact = naive.removal_losses(word_counts, log_probs)
    got = student.unigram.removal_losses(word_counts, log_probs)
    expect(sorted(got), sorted(exact), "pieces of two or more characters")
    for piece, loss in exact.items():
        expect_that(
            isclose(got[piece], loss, rel_tol=1e-9, abs_tol=1e-9),
            f"{loss:.6f} for {piece!r}",
            f"{got[piece]:.6f}",
            "the best score of all words with the piece, minus that without it",
        )
    losses = {piece: round(loss / 10, rounded) + 0.0 for piece, loss in exact.items()}
    expected = reference.prune(log_probs, losses, 3 + room)
    kept = student.unigram.prune(log_probs, losses, 3 + room)
    by_score = sorted(exact, key=lambda piece: (-log_probs[piece], len(piece), piece))[:room]
    expect(
        kept,
        expected,
        f"the losses were {losses!r}",
        {
            "the most probable pieces were kept, not those with the greatest losses": lambda: {
                piece: score for piece, score in log_probs.items() if len(piece) == 1 or piece in by_score
            }
        },
    )
    expect(list(kept), list(expected), "in the order given")
    with expect_raises(ValueError, naming="2"):
        student.unigram.prune(log_probs, losses, 2)


SCRIPTS = [
    "我们生活在",
    "こんにちは、世界",
    "สวัสดีชาวโลก",
    "مرحبا بالعالم",
    "👩\u200d💻🇯🇵",
    "e\u0301 ﬁ Å ²",
    "\n\t x  ",
    "\u2581a",
]
SCORES = {
    "▁": -3.0,
    "a": -4.0,
    "▁我们": -2.0,
    "生活": -3.5,
    "世界": -2.5,
    "สวัส": -4.0,
    "مر": -5.0,
    "e": -3.0,
    "é": -4.5,
    "fi": -4.0,
}


FIRST_BYTE = "of an unknown character's bytes, only the first was kept"


@points(0.5, task="1.4")
@given(text=st.lists(st.sampled_from(SCRIPTS), max_size=5).map("".join) | st.text(max_size=20))
@example(text=" ")
@example(text=english(1500, seed=31) + multilingual(1500, seed=32))
def test_texts_of_any_script_are_lossless(student: Student, text: str) -> None:
    """Chinese, Japanese, Thai, Arabic, emoji: ids are those of a best way, and give the normalized text back."""
    _check_normal(student, text)
    ids = student.unigram.encode(text, SCORES)
    for number in ids:
        expect_that(0 <= number < 256 + len(SCORES), "ids of bytes and pieces", f"{number}", "256 + its place")
    back = unicodedata.normalize("NFKC", text).replace("▁", " ")
    hint = "nothing of the normalized text is lost, nor any space of it"
    cut = [number for number in reference.encode(text, SCORES) if not 0x80 <= number < 0xC0]
    expect_that(ids != cut or back.isascii(), "all bytes of unknown characters", "the first of each", FIRST_BYTE)
    expect(student.unigram.decode(ids, SCORES), back, hint)
    pieces = [list(SCORES)[number - 256] if number > 255 else "" for number in ids]
    unknown = [number for number in ids if number < 256]
    score = fsum(SCORES.get(piece, 0.0) for piece in pieces) - 15 * len(bytes(unknown).decode("utf-8", "replace"))
    best = naive.score(reference.segment(reference.normalize(text), SCORES), SCORES)
    expect_that(
        isclose(score, best, rel_tol=1e-9, abs_tol=1e-9),
        f"ids with score {best:.3f}",
        f"{score:.3f}",
        "encode cuts as segment does",
    )


def _spaces_first(ids: list[int], log_probs: dict[str, float]) -> str:
    known = [bytes([n]) for n in range(256)] + [piece.replace("▁", " ").encode() for piece in log_probs]
    return b"".join(known[number] for number in ids).decode("utf-8", errors="replace").removeprefix(" ")


@points(0.5, task="1.4")
@given(ids=st.lists(st.sampled_from([256, 257, 258, 0xE6, 0x97, 0xA5, 0x20, 0x41, 0xFF]), max_size=8))
@example(ids=[0x41, 0xE2, 0x96, 0x81, 0x41])
@example(ids=[0, 255, 256])
@example(ids=[256, 256, 258])
def test_any_ids_decode(student: Student, ids: list[int]) -> None:
    """Bytes that are cut or malformed become U+FFFD, unknown ids are an error."""
    log_probs = {"▁": -1.0, "▁日": -2.0, "x": -3.0}
    expect(
        student.unigram.decode(ids, log_probs),
        reference.decode(ids, log_probs),
        "join the bytes of all ids, decode once with errors='replace'; ▁ to spaces; drop one in front",
        {
            "each id was decoded by itself; a character may be spread over several": partial(
                one_by_one, ids, log_probs
            ),
            "more than one space was dropped in front; the others belong to the text": lambda: reference.decode(
                ids, log_probs
            ).lstrip(" "),
            "▁ was made a space before decoding; it may come as three bytes, too": partial(
                _spaces_first, ids, log_probs
            ),
        },
    )
    for wrong in (259, -1):
        with expect_raises((ValueError, KeyError), naming=str(wrong)):
            student.unigram.decode([*ids, wrong], log_probs)
