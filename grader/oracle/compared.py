"""Task 1.5 as slowly and plainly as it can be said, and what known mistakes answer."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import regex

from grader.oracle.naive_bpe import PATTERN, Pair, merge_word

Samples = dict[str, tuple[int, int]]

LINE_ENDS = "\r\n"


def pre_tokens(text: str, pattern: str) -> list[str]:
    """The text in pieces: by GPT-2's pattern, or by what cl100k's says, one piece after the other.

    >>> pre_tokens("It'S 1234", "cl100k")
    ['It', "'S", ' ', '123', '4']
    """
    if pattern == "gpt2":
        return [match.group() for match in PATTERN.finditer(text)]
    pieces: list[str] = []
    while text:
        pieces.append(text[: _first(text)])
        text = text[len(pieces[-1]) :]
    return pieces


def _first(text: str) -> int:
    """How many characters cl100k's pattern takes from the start of a text."""
    for contraction in "s d m t ll ve re".split():
        if text[0] == "'" and text[1 : 1 + len(contraction)].lower() == contraction:
            return 1 + len(contraction)
    leads = not _is("LN", text[0]) and text[0] not in LINE_ENDS
    if letters := _run(text[leads:], lambda each: _is("L", each)):
        return leads + letters
    if numbers := _run(text[:3], lambda each: _is("N", each)):
        return numbers
    space = text[0] == " "
    if signs := _run(text[space:], lambda each: not _is("LN", each) and not _white(each)):
        end = space + signs
        return end + _run(text[end:], lambda each: each in LINE_ENDS)
    blank = _run(text, _white)
    if blank == len(text):
        return blank
    last = max(text[:blank].rfind(each) for each in LINE_ENDS)
    return last + 1 or max(blank - 1, 1)


def _run(text: str, fits: Callable[[str], bool]) -> int:
    length = 0
    while length < len(text) and fits(text[length]):
        length += 1
    return length


def _is(kinds: str, character: str) -> bool:
    return any(regex.match(rf"\p{{{kind}}}", character) for kind in kinds)


def _white(character: str) -> bool:
    return regex.match(r"\s", character) is not None


def differences(text: str, *, places: bool = True) -> dict[str, list[str]]:
    """Pre-tokens of each pattern that the other doesn't have at its place; or, as a mistake, anywhere."""
    cuts: dict[str, list[tuple[int, str]]] = {"gpt2": [], "cl100k": []}
    for pattern, cut in cuts.items():
        place = 0
        for piece in pre_tokens(text, pattern):
            cut.append((place if places else 0, piece))
            place += len(piece)
    one, two = cuts["gpt2"], cuts["cl100k"]
    return {
        "gpt2": [piece for place, piece in one if (place, piece) not in two],
        "cl100k": [piece for place, piece in two if (place, piece) not in one],
    }


def tokens(pieces: list[str], merges: list[Pair]) -> list[bytes]:
    """The tokens of pre-tokens: every merge, in order, over every one of them."""
    found: list[bytes] = []
    for piece in pieces:
        word = tuple(bytes([byte]) for byte in piece.encode())
        for pair in merges:
            word = merge_word(word, pair)
        found += word
    return found


def token_counts(pieces: list[str], merges: list[Pair]) -> list[int]:
    """How many tokens pre-tokens have with each number of merges, each time from anew."""
    return [len(tokens(pieces, merges[:number])) for number in range(len(merges) + 1)]


def word_measures(text: str, merges: list[Pair], pattern: str) -> dict[str, int]:
    """Each word by itself: which tokens begin before its end, and end after its start."""
    spans, place = [], 0
    for token in tokens(pre_tokens(text, pattern), merges):
        spans.append((place, place + len(token)))
        place += len(token)
    pieces = []
    for word in regex.finditer(r"[^\s]+", text):
        start, end = (len(text[:at].encode()) for at in word.span())
        pieces.append(sum(begin < end and stop > start for begin, stop in spans))
    return {"words": len(pieces), "pieces": sum(pieces), "continued": sum(each >= 2 for each in pieces)}


def fair(
    counts: dict[str, list[int]], percent: int, *, strict: bool = False, of_larger: bool = False
) -> int | None:
    """The least fair vocabulary, each pair of languages by itself; or by another meaning of the premium."""
    (merges,) = {len(row) for row in counts.values()}
    for number in range(merges):
        premiums = [
            Fraction(100 * (one[number] - two[number]), (one if of_larger else two)[number])
            for one in counts.values()
            for two in counts.values()
        ]
        if max(premiums) < percent or (max(premiums) == percent and not strict):
            return 256 + number
    return None


def context_bytes(samples: Samples, mix: dict[str, int], context: int) -> int:
    """One byte more, again and again, until the context is full."""
    n_bytes = 0
    while True:
        needed = Fraction(0)
        for language, parts in mix.items():
            sampled, made = samples[language]
            needed += Fraction(n_bytes * parts, sum(mix.values())) / Fraction(sampled, made)
        if needed > context:
            return n_bytes - 1
        n_bytes += 1


def averaged(samples: Samples, mix: dict[str, int], context: int) -> int:
    """What the mean of bytes per token gives: a mistake."""
    weighted = sum(parts * Fraction(*samples[language]) for language, parts in mix.items())
    return int(context * weighted / sum(mix.values()))


def second_pays_from(first: Samples, second: Samples, language: str, *, tie: bool = False) -> int | None:
    """Each share of the language, one after the other; or, as a mistake, up to where both make equally many."""
    for share in range(101):
        made = [
            sum(
                (share if name == language else 100 - share) * Fraction(each[name][1], each[name][0])
                for name in each
            )
            for each in (first, second)
        ]
        if made[1] < made[0] or (tie and made[1] == made[0]):
            return share
    return None
