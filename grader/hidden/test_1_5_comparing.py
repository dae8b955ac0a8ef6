"""Task 1.5, hidden checks: texts of many kinds, merges made by hand, and mixes of any size."""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st

from grader.hidden.test_1_2_bpe import made_by_hand
from grader.making import multilingual
from grader.oracle import compared
from grader.reference import comparing as reference
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import inexact, whole

Samples = dict[str, tuple[int, int]]

PARTS = ["abc", "cab", "AB", "été", "e\u0301", "日本", "한", "👩‍💻", "7", "42", "٣", "½", "'s", "'RE", "'Ll", "’t"]
PARTS += [" ", " ", " ", "  ", "\t", "\n", "\r\n", "\u3000", "\u00a0", ".", ",", "(", "):", "_", "+=", "\u0301"]
"""Letters, numbers, contractions, white space and signs of many kinds."""

PLACES = "compare where pre-tokens begin and end, not what stands there"
ACROSS = "no token crosses the end of a pre-token"
SAVED = "a merge saves one token at each of its places, in every pre-token"
MIXED = "tokens of a mix are added up: its bytes in a language, by that language's bytes per token"
NO_PATTERN = "there is no such pattern, so this must raise ValueError or KeyError"


@st.composite
def texts(draw: st.DrawFn, most: int = 25) -> str:
    """Parts of all kinds in a row."""
    return "".join(draw(st.lists(st.sampled_from(PARTS), max_size=most)))


@st.composite
def samples(draw: st.DrawFn, languages: list[str], digits: int = 20) -> Samples:
    """For each language, bytes and tokens of any size."""
    return {language: (draw(whole(digits)), draw(whole(digits))) for language in languages}


@points(0.5, task="1.5")
@given(text=texts())
@example(text="\tx = 1000000\r\n\r\n\ty")
@example(text="YOU'VE you've 7's")
@example(text="12 3 12 3")
@example(text="a\n  ")
@example(text="")
def test_differences_in_any_text(student: Student, text: str) -> None:
    """Scripts, signs, numbers and white space of all kinds."""
    exact = reference.pattern_differences(text)
    expect(
        student.comparing.pattern_differences(text),
        exact,
        PLACES,
        {
            "pre-tokens were compared whatever their places are": lambda: compared.differences(text, places=False),
            "a pre-token that differs again was listed once; list it again": lambda: {
                pattern: list(dict.fromkeys(cut)) for pattern, cut in exact.items()
            },
        },
    )


@points(0.5, task="1.5")
@given(text=texts(), seed=st.integers(0, 10**6), pattern=st.sampled_from(["gpt2", "cl100k"]))
@example(text="abcabc abc\tabc", seed=5, pattern="cl100k")
@example(text="cab.abc  cab", seed=8, pattern="gpt2")
@example(text="abc 7 742", seed=1, pattern="cl100k")
def test_tokens_after_any_merges(student: Student, text: str, seed: int, pattern: str) -> None:
    """Merges that compete with each other; and a pattern that there isn't."""
    merges = made_by_hand(random.Random(seed))
    merges += [
        (b" ", b"7"),
        (b"4", b"2"),
        (b"\xe6", b"\x97"),
        (b"\n", b" "),
        (b" ", b"("),
        (b".", b"\n"),
        (b"7", b"42"),
    ]
    expect(
        student.comparing.token_counts(text, merges, pattern),
        reference.token_counts(text, merges, pattern),
        SAVED,
        {
            ACROSS: lambda: compared.token_counts([text], merges),
            "distinct pre-tokens were counted; each counts as often as it occurs": lambda: compared.token_counts(
                list(dict.fromkeys(compared.pre_tokens(text, pattern))), merges
            ),
            "the text was cut by the other pattern": lambda: reference.token_counts(
                text, merges, {"gpt2": "cl100k", "cl100k": "gpt2"}[pattern]
            ),
        },
    )
    for ask in (student.comparing.token_counts, student.comparing.word_measures):
        with expect_raises((ValueError, KeyError), naming="o200k", hint=NO_PATTERN):
            ask(text, merges, "o200k")


@points(0.25, task="1.5")
@given(text=texts(), seed=st.integers(0, 10**6), pattern=st.sampled_from(["gpt2", "cl100k"]))
@example(text=multilingual(900, seed=15), seed=0, pattern="gpt2")
@example(text="abc\u3000cab  abc. (abc)", seed=3, pattern="cl100k")
def test_words_of_any_text(student: Student, text: str, seed: int, pattern: str) -> None:
    """Scripts without spaces, and white space of several bytes."""
    merges = [*made_by_hand(random.Random(seed)), (b"4", b"2"), (b"\xe6", b"\x97"), (b" ", b"4"), (b"\t", b"a")]
    exact = reference.word_measures(text, merges, pattern)
    expect(
        student.comparing.word_measures(text, merges, pattern),
        exact,
        "a token is a piece of a word if it holds at least one of its bytes",
        {
            "a token of white space alone holds no part of a word": lambda: (
                exact | {"pieces": reference.token_counts(text, merges, pattern)[-1]}
            ),
            "pieces after the first one were counted; count all of them": lambda: (
                exact | {"pieces": exact["pieces"] - exact["words"]}
            ),
        },
    )


@points(0.25, task="1.5")
@given(data=st.data(), languages=st.integers(1, 4), merges=st.integers(0, 6), percent=st.integers(0, 150))
def test_fair_vocabularies_of_any_counts(
    student: Student, data: st.DataObject, languages: int, merges: int, percent: int
) -> None:
    """Of one to four languages; sizes that are fair may have greater ones that aren't."""
    sizes = st.integers(10**18, 3 * 10**18) | st.integers(8, 20)
    counts = {
        name: data.draw(
            st.lists(sizes, min_size=merges + 1, max_size=merges + 1).map(lambda row: sorted(row)[::-1])
        )
        for name in "defg"[:languages]
    }
    right = reference.smallest_fair_vocabulary(counts, percent)
    expect(
        student.comparing.smallest_fair_vocabulary(counts, percent),
        right,
        "at each size, the most tokens are at most so many percent more than the fewest",
        {
            "the bytes belong to the vocabulary, too": lambda: right - 256 if right is not None else ...,
            "a premium of just so many percent is fair": lambda: compared.fair(counts, percent, strict=True),
            "the premium was taken of the larger count; it is on top of the smaller one": lambda: compared.fair(
                counts, percent, of_larger=True
            ),
        },
    )


@points(0.25, task="1.5")
@given(data=st.data(), languages=st.integers(1, 4), context=whole(20))
def test_contexts_of_any_mix(student: Student, data: st.DataObject, languages: int, context: int) -> None:
    """Of one to four languages among five; and of one that has no sample."""
    measured = data.draw(samples(list("vwxyz")))
    mix = {name: data.draw(whole(6)) for name in data.draw(st.permutations("vwxyz"))[:languages]}
    right = reference.context_bytes(measured, mix, context)
    expect(
        student.comparing.context_bytes(measured, mix, context),
        right,
        MIXED,
        {
            "bytes per token were averaged over the bytes; add up the tokens of all languages": (
                lambda: compared.averaged(measured, mix, context)
            ),
        }
        | inexact(right),
    )
    hint = "a language of the mix has no sample, so this must raise ValueError or KeyError"
    with expect_raises((ValueError, KeyError), naming="Quechua", hint=hint):
        student.comparing.context_bytes(measured, mix | {"Quechua": 2}, context)


@points(0.25, task="1.5")
@given(data=st.data(), digits=st.sampled_from([2, 20]))
def test_shares_from_which_any_tokenizer_pays(student: Student, data: st.DataObject, digits: int) -> None:
    """Samples near to each other, or of any size; and shares at which both make equally many tokens."""
    languages = data.draw(st.permutations(["is", "th"]))
    first = data.draw(samples(languages, digits))
    second = data.draw(samples(languages[::-1], digits))
    if data.draw(st.booleans()):
        second = _tied(first, languages[0], languages[1], data.draw(st.integers(1, 99)))
    for one, two in ((first, second), (second, first), (first, first)):
        for language in languages:
            right = reference.second_pays_from(one, two, language)
            expect(
                student.comparing.second_pays_from(one, two, language),
                right,
                "for each tokenizer, add up the tokens per byte of both languages, each by its share of the bytes",
                _share_mistakes(one, two, language),
            )


def _share_mistakes(one: Samples, two: Samples, language: str) -> dict[str, Callable[[], object]]:
    """What known mistakes answer."""
    ratios = [{name: sample[::-1] for name, sample in each.items()} for each in (two, one)]
    return {
        "where both make equally many, the second does not pay yet": (
            lambda: compared.second_pays_from(one, two, language, tie=True)
        ),
        "bytes per token were averaged over the bytes; add up the tokens of both languages": (
            lambda: compared.second_pays_from(ratios[0], ratios[1], language)
        ),
    }


def _tied(first: Samples, worse: str, better: str, share: int) -> Samples:
    """Samples of another tokenizer, which makes equally many tokens when this share of the bytes is in `worse`."""
    (n_bytes, tokens), (other_bytes, other_tokens) = first[worse], first[better]
    return {
        worse: (100 * n_bytes * other_bytes, 100 * tokens * other_bytes + (100 - share) * n_bytes),
        better: (100 * other_bytes, 100 * other_tokens - share),
    }
