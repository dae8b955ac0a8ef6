"""Task 1.4, public checks: SentencePiece's normalization, and the Unigram model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from math import exp, log

from hypothesis import given
from hypothesis import strategies as st

from tests import recorded
from tests.harness import Student, expect, expect_close, expect_raises, expect_that, points
from tests.harness.outcomes import StudentError
from tests.harness.plain import short

PROBABILITIES = {"h": 0.1, "u": 0.1, "g": 0.1, "s": 0.1, "hu": 0.2, "ug": 0.2, "hug": 0.1, "gs": 0.1}
LOG_PROBS = {piece: log(probability) for piece, probability in PROBABILITIES.items()}
COUNTS = {"h": 0.0031, "u": 0.0011, "g": 0.0021, "s": 0.0141, "hu": 0.022, "ug": 0.002, "hug": 0.01, "gs": 0.021}
"""Sums over the ways of `hugs`, which together have 0.0351."""


@points(0.5, task="1.4")
def test_spaces_become_a_letter_of_their_own(student: Student) -> None:
    """NFKC, then ▁ for each space and one in front; other white space stays."""
    for text, normal in (
        ("Hello world", "▁Hello▁world"),
        ("ｶﾞ  ①\n", "▁ガ▁▁1\n"),
        ("a\u00a0b\u3000c", "▁a▁b▁c"),
        ("  so  it ", "▁▁▁so▁▁it▁"),
        ("cafe\u0301", "▁café"),
        ("", ""),
    ):
        expect(
            student.unigram.normalize(text),
            normal,
            "unicodedata.normalize('NFKC', ...), then replace each space, and put one ▁ in front",
            normalized_otherwise(text),
        )


def normalized_otherwise(text: str) -> dict[str, Callable[[], object]]:
    """What other ways to normalize give, each under the sentence that names it."""
    return {
        "the text was not normalized by NFKC": lambda: "▁" + text.replace(" ", "▁"),
        "each character was normalized by itself; a letter and its mark become one": lambda: _marked(
            "".join(unicodedata.normalize("NFKC", letter) for letter in text)
        ),
        "spaces that stand together were made one; each becomes ▁": lambda: _marked(
            re.sub(" +", " ", unicodedata.normalize("NFKC", text))
        ),
        "spaces at the ends were dropped; each becomes ▁": lambda: _marked(
            unicodedata.normalize("NFKC", text).strip(" ")
        ),
        "spaces were joined and dropped; each becomes ▁": lambda: _marked(
            re.sub(" +", " ", unicodedata.normalize("NFKC", text)).strip(" ")
        ),
        "a text that begins with a space gets one more ▁ in front, too": lambda: _marked(
            unicodedata.normalize("NFKC", text).removeprefix(" ")
        ),
    }


def _marked(text: str) -> str:
    return "▁" + text.replace(" ", "▁")


@points(0.75, task="1.4")
def test_the_best_way_is_not_the_longest_piece_first(student: Student) -> None:
    """Of all ways to cut `hugs`, hu|gs is the most probable."""
    expect(
        student.unigram.segment("hugs", LOG_PROBS),
        ["hu", "gs"],
        "0.2 · 0.1 for hu|gs, against 0.1 · 0.1 for hug|s; keep for each place the best score up to there",
        {"the longest piece was taken first; take the way with the best sum": lambda: ["hug", "s"]},
    )
    expect(
        student.unigram.segment("gs?hugs", LOG_PROBS),
        ["gs", "?", "hu", "gs"],
        "an unknown character is a piece by itself",
    )
    expect(
        student.unigram.segment("hu??s", LOG_PROBS),
        ["hu", "?", "?", "s"],
        "an unknown character is a piece by itself",
        {"unknown characters became one piece; each is one by itself": lambda: ["hu", "??", "s"]},
    )
    unknown = {"xa": -9.0, "b": -9.0, "ab": -1.0}
    expect(
        student.unigram.segment("xab", unknown),
        ["xa", "b"],
        "x scores -19 by itself, 10 below the lowest: -18 for xa|b, against -20 for x|ab",
        {"an unknown character was too cheap; it scores 10 below the lowest": lambda: ["x", "ab"]},
    )
    expect(
        student.unigram.segment("hug", {"hug": 0.0, "h": -2.0, "u": -2.0, "g": -2.0}),
        ["hug"],
        "a score of 0 is that of a piece with probability 1",
        {"a score of 0 was taken for missing; it is that of a piece with probability 1": lambda: ["h", "u", "g"]},
    )
    expect(student.unigram.segment("", LOG_PROBS), [], "nothing to cut")


@points(1, task="1.4")
def test_expected_counts_of_the_worked_example(student: Student) -> None:
    """Each way of `hugs` counts by its share of the probability of all ways."""
    expect_close(
        student.unigram.expected_counts({"hugs": 351, "hu": 0}, LOG_PROBS),
        {piece: 351 * count / 0.0351 for piece, count in COUNTS.items()},
        "add up the share of every way in which the piece occurs; see the worked example",
        {
            "only the best way was counted; all ways count, by their probability": lambda: {
                piece: 351.0 * (piece in ("hu", "gs")) for piece in COUNTS
            },
            "probabilities were not divided by their sum over all ways": lambda: {
                piece: 351 * count for piece, count in COUNTS.items()
            },
        },
    )
    sure = {"ab": 0.0, "a": log(0.5), "b": log(0.5)}
    expect_close(
        student.unigram.expected_counts({"ab": 5}, sure),
        {"ab": 4.0, "a": 1.0, "b": 1.0},
        "1 for ab, against 0.25 for a|b",
        {
            "a score of 0 was taken for missing; it is that of a piece with probability 1": lambda: {
                "ab": 0.0,
                "a": 5.0,
                "b": 5.0,
            }
        },
    )
    long = {"hug" * 150: 2, "s" * 1500: 1}
    expect_close(
        counts_of_long_words(student, long, {"hug": log(0.2), "s": log(0.1)}),
        {"hug": 300.0, "s": 1500.0},
        LONG,
    )
    for times, hint in (
        (1, "its b is no piece"),
        (0, "a word that can't be cut is an error, if it occurs or not"),
    ):
        with expect_raises(ValueError, naming="bug", hint=hint):
            student.unigram.expected_counts({"hug": 2, "bug": times}, LOG_PROBS)


LONG = "the probability of a long word is too small for a float: add logarithms, and exponentiate differences"


def counts_of_long_words(
    student: Student, word_counts: dict[str, int], log_probs: dict[str, float]
) -> dict[str, float]:
    """Expected counts; when the word's probability was too small for a float, the message says so."""
    try:
        counts: dict[str, float] = student.unigram.expected_counts(word_counts, log_probs)
    except StudentError as error:
        if {"ValueError", "ArithmeticError"} & {*error.kinds}:
            expect_that(False, "an answer: these words can be cut", f"{error.kind}: {short(error.text)}", LONG)
        raise
    return counts


@points(0.5, task="1.4")
def test_new_probabilities_are_shares_of_the_counts(student: Student) -> None:
    """After a step, probabilities are expected counts divided by their sum; what never occurs is dropped."""
    total = sum(COUNTS.values())
    expect_close(
        student.unigram.em_step({"hugs": 7}, LOG_PROBS | {"hugsy": log(0.1)}),
        {piece: log(count / total) for piece, count in COUNTS.items()},
        "the logarithm of count / total; a piece with a count of 0 is left out",
    )
    rare = log(exp(-40.0) / (exp(-2.5) + exp(-40.0)) / 2)
    expect_close(
        student.unigram.em_step({"xy": 1}, {"x": -1.0, "xy": -40.0, "y": -1.5}),
        {"x": log(0.5), "xy": rare, "y": log(0.5)},
        "only what never occurs is dropped, however rare the rest",
        {"a rare piece was dropped; only what never occurs is": lambda: {"x": log(0.5), "y": log(0.5)}},
    )


@points(1, task="1.4")
def test_pieces_that_help_least_are_pruned(student: Student) -> None:
    """A piece is worth what the best scores lose without it; single characters always stay."""
    losses = {"hu": 0.0, "ug": 0.0, "hug": 0.0, "gs": 0.0}
    expect_close(
        student.unigram.removal_losses({"hugs": 10}, LOG_PROBS),
        losses | {"hu": 10 * log(2), "gs": 10 * log(2)},
        "without hu, the best way is hug|s, half as probable: 10 · log 2 for ten words",
        {"the word's count was left out": lambda: losses | {"hu": log(2), "gs": log(2)}},
    )
    kept = student.unigram.prune(LOG_PROBS, {"hu": 2.0, "ug": 1.0, "hug": 1.0, "gs": 1.5}, 7)
    expect(
        sorted(kept),
        ["g", "gs", "h", "hu", "s", "u", "ug"],
        "single characters, then the greatest losses; of equal losses the shorter piece",
        told="the pieces that are kept, sorted: {}",
        mistakes={
            "the pieces with the smallest losses were kept": lambda: ["g", "h", "hug", "s", "u", "ug"],
            "single characters were pruned, too; they always stay": lambda: [
                "g",
                "gs",
                "h",
                "hu",
                "hug",
                "s",
                "ug",
            ],
        },
    )
    expect(
        sorted(student.unigram.prune(LOG_PROBS, {"hu": 0.5, "ug": 0.1, "hug": 3.0, "gs": 2.0}, 6)),
        ["g", "gs", "h", "hug", "s", "u"],
        "single characters, then the greatest losses",
        told="the pieces that are kept, sorted: {}",
        mistakes={
            "the most probable pieces were kept, not those with the greatest losses": lambda: [
                "g",
                "h",
                "hu",
                "s",
                "u",
                "ug",
            ]
        },
    )
    with expect_raises(ValueError, naming="3", hint="the single characters alone are more than 3"):
        student.unigram.prune(LOG_PROBS, losses, 3)


def one_by_one(ids: list[int], log_probs: dict[str, float]) -> str:
    """What decoding each id by itself gives."""
    pieces = dict(enumerate([bytes([n]).decode("utf-8", "replace") for n in range(256)] + list(log_probs)))
    return "".join(pieces.get(number, "") for number in ids).replace("▁", " ").removeprefix(" ")


@points(0.5, task="1.4")
@given(text=st.text(st.characters(exclude_characters="\u2581", exclude_categories=["Cs"]), max_size=30))
def test_any_text_comes_back(student: Student, text: str) -> None:
    """Unknown characters become bytes, and decoding gives the normalized text back."""
    scores = {"▁": -2.0, "▁a": -1.0, "é": -2.5, "日": -3.0}
    ids = student.unigram.encode("a日é本", scores)
    expect(
        ids,
        [257, 259, 258, 0xE6, 0x9C, 0xAC],
        "ids 0 to 255 are bytes; 本 is not in the vocabulary",
        {
            "an unknown character was replaced; its UTF-8 bytes are its ids": lambda: [257, 259, 258, ord("?")],
            "of an unknown character's bytes, only the first was kept": lambda: [257, 259, 258, 0xE6],
        },
    )
    expect(
        student.unigram.decode([0xE6, 0x9C, 0xAC], scores),
        "本",
        "join the bytes of all ids first, then decode once",
        {"each id was decoded by itself; a character may be spread over several": lambda: "\ufffd" * 3},
    )
    expect(
        student.unigram.decode([256, 256, 257], scores),
        "  a",
        "the pieces make three spaces and an a; exactly one space is dropped in front",
        {"more than one space was dropped in front; the others belong to the text": lambda: "a"},
    )
    alone = {"a space in front is dropped, be there other text or not": lambda: " "}
    expect(
        student.unigram.decode([256], scores),
        "",
        "one space is dropped in front, though no other text is there",
        alone,
    )
    byte = {"a space in front is dropped, be it of a ▁ or of a byte": lambda: "  a"}
    expect(student.unigram.decode([32, 257], scores), " a", "exactly one space is dropped in front", byte)
    for wrong in (260, -1):
        with expect_raises((ValueError, KeyError), naming=str(wrong), hint="no such id; none counts from the end"):
            student.unigram.decode([256, wrong], scores)
    normal = student.unigram.normalize(text)
    ids = student.unigram.encode(text, scores)
    expect(
        student.unigram.decode(ids, scores),
        normal.replace("▁", " ")[1:],
        "join the bytes of all ids, decode once, make spaces of ▁, and drop the first one",
        {
            "each id was decoded by itself; a character may be spread over several": partial(
                one_by_one, ids, scores
            )
        },
    )


@points(0.25, task="1.4")
def test_recorded_answers_1_4(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "1.4")
