"""Task 1.5, public checks: tokenizers compared."""

from __future__ import annotations

from tests import recorded
from tests.bpe_examples import snapshot
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import inexact

CODE = 'def f(self, n):\n\tif n > 65536:\n        return "It\'LL do", n\n\n'
"""A tab, eight spaces, a number of five digits, and a contraction in upper case."""

HUG = [(b"u", b"g"), (b"h", b"ug")]
THE = [(b"h", b"e"), (b"t", b"h")]
"""The second one never has its turn in `the`."""

UNKNOWN = "there is no such pattern, so this must raise ValueError or KeyError"
NO_SAMPLE = "a language of the mix has no sample, so this must raise ValueError or KeyError"
MEAN = "bytes per token were averaged over the bytes; add up the tokens of all languages"


@points(0.25, task="1.5")
def test_code_and_numbers_are_cut_differently(student: Student) -> None:
    """What the two patterns make of source code, of numbers and of a contraction in upper case."""
    exact = {
        "gpt2": ["(", "self", "):", "\n", "\t", "if", " 65536", ":", "\n       ", "'", "LL"],
        "cl100k": ["(self", "):\n", "\tif", " ", "655", "36", ":\n", "       ", "'LL"],
    }
    expect(
        student.comparing.pattern_differences(CODE),
        exact,
        "list a pre-token where the other pattern has none that begins and ends at the same places",
        {
            "in cl100k, digits take no space with them": lambda: (
                exact | {"cl100k": [*exact["cl100k"][:3], " 655", *exact["cl100k"][5:]]}
            ),
            "in cl100k, digits come in groups of one to three": lambda: {
                "gpt2": exact["gpt2"],
                "cl100k": [*exact["cl100k"][:4], "65536", *exact["cl100k"][6:]],
            },
            "the two answers were exchanged": lambda: dict(zip(exact, reversed(exact.values()), strict=True)),
        },
    )
    again = {"gpt2": [" 12", " 12", "1234"], "cl100k": [" ", "12", " ", "12", "123", "4"]}
    expect(
        student.comparing.pattern_differences("a 12 12,1234"),
        again,
        "places count, not only what stands there",
        {
            "a pre-token that differs again was listed once; list it again": lambda: {
                "gpt2": [" 12", "1234"],
                "cl100k": [" ", "12", "123", "4"],
            },
        },
    )
    elsewhere = {"gpt2": [" 12"], "cl100k": [" ", "12"]}
    expect(
        student.comparing.pattern_differences("12 12"),
        elsewhere,
        "places count: the first 12 is a pre-token of both, and the second one of cl100k alone",
        {"pre-tokens were compared whatever their places are": lambda: {"gpt2": [" 12"], "cl100k": [" "]}},
    )


@points(0.5, task="1.5")
def test_tokens_after_each_merge(student: Student) -> None:
    """The example that is worked by hand, merges that compete, and the merges of fixtures/bpe."""
    counts = student.comparing.token_counts
    expect(
        counts("hug   hugs", HUG, "gpt2"),
        [10, 8, 6],
        "each byte is a token at first, and a merge saves one token wherever it has its turn",
        {
            "the first number is that of the bytes, with none of the merges": lambda: [8, 6],
            "distinct pre-tokens were counted; each counts as often as it occurs": lambda: [10, 8, 5],
        },
    )
    expect(
        counts("the the naïve", THE, "cl100k"),
        [14, 12, 12],
        "in `the`, `h e` is merged first, and then no `t h` is left",
        {
            "characters were counted; a token holds bytes, and ï has two of them": lambda: [13, 11, 11],
            "each merge was applied to the bytes alone; it comes after those before it": lambda: [14, 12, 10],
        },
    )
    digits = [(b" ", b"1"), (b"1", b"2"), (b"3", b"4"), (b"12", b"34"), (b"12", b"3")]
    whole = [9, 8, 7, 5, 4, 4]
    for pattern, right, other in (("gpt2", whole, "cl100k"), ("cl100k", [9, 9, 7, 7, 7, 5], "gpt2")):
        expect(
            counts("1234 1234", digits, pattern),
            right,
            "merge within pre-tokens, which the pattern cuts",
            {
                "no token crosses the end of a pre-token": lambda: whole,
                f"the text was cut by the pattern of {other}": lambda: [9, 9, 7, 7, 7, 5],
            },
        )
    english = snapshot("english")
    got = counts(english["corpus"][:1500].decode(), english["merges"][:200], "gpt2")
    expect(got[::50], [1500, 974, 840, 764, 728], "tokens with every 50th number of merges", None, "[::50] is {}")
    with expect_raises((ValueError, KeyError), naming="cl50k", hint=UNKNOWN):
        counts("hug", HUG, "cl50k")


@points(0.25, task="1.5")
def test_words_in_pieces(student: Student) -> None:
    """How many pieces words have, and which words are continued."""
    measures = student.comparing.word_measures
    expect(
        measures("hug   hugs", HUG, "gpt2"),
        {"words": 2, "pieces": 3, "continued": 1},
        "the tokens are hug, three spaces, hug and s",
        {
            "a token of white space alone holds no part of a word": lambda: {
                "words": 2,
                "pieces": 6,
                "continued": 1,
            },
            "pieces after the first one were counted; count all of them": lambda: {
                "words": 2,
                "pieces": 1,
                "continued": 1,
            },
        },
    )
    expect(
        measures("hug hug\t(hug) Hug", [*HUG, (b" ", b"hug")], "gpt2"),
        {"words": 4, "pieces": 7, "continued": 2},
        "white space alone separates words, and a token may hold a space besides its word",
        {
            "words were cut at punctuation, too": lambda: {"words": 6, "pieces": 7, "continued": 1},
            "a word that has its space in its token is whole": lambda: {"words": 4, "pieces": 7, "continued": 3},
        },
    )
    expect(
        measures("日本 日\u3000本", [(b"\xe6", b"\x97"), (b"\xe6\x97", b"\xa5")], "cl100k"),
        {"words": 3, "pieces": 8, "continued": 2},
        "a character may be spread over several tokens, and the wide space is white space",
    )
    expect(measures(" \n", HUG, "gpt2"), {"words": 0, "pieces": 0, "continued": 0}, "there is no word in it")


@points(0.25, task="1.5")
def test_the_smallest_fair_vocabulary(student: Student) -> None:
    """Counts of two and of three languages."""
    fair = student.comparing.smallest_fair_vocabulary
    counts = {"en": [10, 8, 8, 5], "de": [16, 12, 10, 8]}
    expect(
        fair(counts, 50),
        257,
        "with 1 merge, 12 tokens are 50 percent more than 8",
        {
            "the bytes belong to the vocabulary, too": lambda: 1,
            "a premium of just so many percent is fair": lambda: 258,
            "the premium was taken of the larger count; it is on top of the smaller one": lambda: 256,
            "what greater sizes do does not matter": lambda: None,
        },
    )
    expect(fair(counts, 24), None, "with no number of merges, the premium is below 25 percent")
    expect(fair(counts, 60), 256, "it is fair with the bytes alone", {"the bytes alone are a size": lambda: 257})
    three = {"hi": [30, 20, 12, 11], "en": [10, 9, 8, 8], "el": [20, 10, 7, 8]}
    for percent, right in ((200, 256), (123, 257), (122, 258), (71, 259), (38, 259), (37, None)):
        expect(
            fair(three, percent),
            right,
            "compare with the language that takes fewest tokens with this number of merges",
            {"en was compared with; Greek takes fewer tokens after two merges": lambda: 258},
        )
    large = {"a": [3 * 10**30, 10**30], "b": [3 * 10**30 + 1, 10**30 + 1]}
    expect(fair(large, 0), None, "exact, however large", {"floats were used": lambda: 256})


@points(0.25, task="1.5")
def test_bytes_that_fit_into_a_context(student: Student) -> None:
    """Of one language and of mixes."""
    fit = student.comparing.context_bytes
    samples = {"en": (40, 10), "hi": (30, 15), "code": (70, 30)}
    expect(
        fit(samples, {"en": 3, "hi": 1}, 50),
        160,
        "of 160 bytes, 120 are English and 40 Hindi",
        {
            MEAN: lambda: 175,
            "the samples were taken for the mix": lambda: 140,
            "each language was taken to have the same share": lambda: 133,
        },
    )
    expect(fit(samples, {"code": 5}, 100), 233, "7,000 / 30, rounded down", {"rounded up": lambda: 234})
    mix = {"code": 2, "en": 4, "hi": 1}
    expect(fit(samples, mix, 8192), 24_327, "add up the tokens of all languages", {MEAN: lambda: 26_526})
    large = 10**40 + 7
    right = 32 * 10**39 + 22
    expect(fit(samples, {"en": 3, "hi": 1}, large), right, "exact, however large", inexact(right))
    with expect_raises((ValueError, KeyError), naming="el", hint=NO_SAMPLE):
        fit(samples, {"en": 3, "el": 1}, 50)


@points(0.25, task="1.5")
def test_from_which_share_a_second_tokenizer_pays(student: Student) -> None:
    """One that is better at Hindi, one that is better at both, and one that is not."""
    pays = student.comparing.second_pays_from
    first, second = {"en": (40, 10), "hi": (30, 15)}, {"hi": (30, 10), "en": (40, 11)}
    expect(
        pays(first, second, "hi"),
        14,
        "with 13 percent Hindi the first makes fewer tokens, and with 14 the second",
        {
            "rounded down": lambda: 13,
            MEAN: lambda: 27,
            "the share of the other language was given": lambda: 86,
            "the samples were taken for equally long texts": lambda: 17,
        },
    )
    expect(
        pays(second, first, "en"),
        87,
        "here the tokenizers and the languages are exchanged",
        {"it is the other language whose share is asked for": lambda: 0},
    )
    expect(pays(first, second, "en"), 0, "without English, the second makes fewer tokens")
    expect(pays(first, first, "hi"), None, "both make equally many tokens of every text")
    tie = {"en": (40, 12), "hi": (20, 9)}
    expect(
        pays(first, tie, "hi"),
        51,
        "with 50 percent, both make equally many tokens, so that the second does not pay yet",
        {"where both make equally many, the second does not pay yet": lambda: 50},
    )
    better = {"en": (80, 19), "hi": (30, 16)}
    expect(pays(first, better, "hi"), 0, "0 percent is a share, too", {"0 percent is a share": lambda: None})
    large = 10**30
    near = {"en": (40 * large, 10 * large + 1), "hi": (30 * large, 15 * large - 1)}
    expect(pays(first, near, "hi"), 43, "exact, however large", {"floats were used": lambda: None})


@points(0.25, task="1.5")
def test_recorded_answers_1_5(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "1.5")
