"""Comparisons whose failure is a diagnosis: called, expected, got, try."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from math import isclose

from tests.harness import advice
from tests.harness.outcomes import StudentError
from tests.harness.plain import short
from tests.harness.student import Call, Mistakes
from tests.harness.text import apart, one_line

CALLS = Call()
"""What the running check called last; the plugin clears it before each check."""

MOST_SHOWN = 2_000
"""Characters of each row of a diagnosis."""

FEW = 10
"""So small are numbers that many mistakes give: indices, and counts of a few things."""

MOST_WORDS = 2
"""Of several that a message may name, so many are told."""

NOT_MEANT = ("ImportError", "SyntaxError", "RecursionError")

Close = float | dict[str, float] | tuple[float, ...]


class Failure(AssertionError):
    """A failed comparison, rendered for the student; `where` are the lines at which the submission raised."""

    def __init__(self, called: str, expected: str, got: str, hint: str, where: Sequence[str] = ()) -> None:
        wanted, given = apart(one_line(expected), one_line(got))
        at = [("at", one_line(line)) for line in where]
        rows = [("expected", wanted), ("got", given), *at, ("try", _indent(hint))]
        lines = [f"  {name:<9} {_bounded(text)}" for name, text in rows if text]
        super().__init__("\n".join([called, *lines] if called else lines))


def expect(
    got: object, equals: object, hint: str = "", mistakes: Mistakes | None = None, told: str = "{}"
) -> None:
    """Fail with a diagnosis unless `got` is the expected plain value.

    When known mistakes give exactly `got`, and all else that the function has answered in this check, the hint is
    the sentences that name them; with "perhaps", and beside the hint, where others easily give the same. Where
    `got` is no answer of the call, `told` says what it is, with `{}` for the value.

    >>> expect([1, 2], [1, 3], "ids follow the merges")
    Traceback (most recent call last):
    tests.harness.expect.Failure:   expected  [1] is 3, in [1, 3]
      got       [1] is 2, in [1, 2]
      try       ids follow the merges
    """
    CALLS.note(got, mistakes)
    if type(got) is type(equals) and got == equals:
        return
    named = [sentence for sentence, give in (mistakes or {}).items() if give() == got]
    _fail(got, difference(equals, got), _named(named, got, equals, hint), told)


def expect_close(
    got: Close,
    to: Close,
    hint: str = "",
    mistakes: Mapping[str, Callable[[], object]] | None = None,
    told: str = "{}",
) -> None:
    """Fail with a diagnosis unless floats, or dicts or tuples of them, agree to 1 in a billion, or 1e-12 near 0.

    That is more than another order of the same operations changes.

    >>> expect_close({"a": 0.1 + 0.2, "b": 1e-17}, {"a": 0.3, "b": 0.0})
    >>> expect_close((0.1 + 0.2, 1e-17, 2), (0.3, 0.0, 2))
    """
    CALLS.note(got, mistakes)
    if _close(got, to):
        return
    if isinstance(got, dict) and isinstance(to, dict):
        shown = {
            name: to[name] if name in to and _close(value, to[name]) else value for name, value in got.items()
        }
        rows = difference(to, shown)
    elif isinstance(got, tuple) and isinstance(to, tuple):
        rows = difference(to, got)
    else:
        rows = short(to), short(got)
    named = [sentence for sentence, give in (mistakes or {}).items() if _mistaken(got, give())]
    _fail(got, rows, _named(named, got, to, hint), told)


def _named(sentences: Sequence[str], got: object, equals: object, hint: str) -> str:
    """What to try: of the mistakes that give this answer, those that fit all answers of the function so far."""
    noted = CALLS.noted(got)
    fitting = [sentence for sentence in sentences if all(each.fits(sentence, _contradicts) for each in noted)]
    if not fitting or telling(got, equals):
        return "\nor: ".join(fitting) or hint
    more = [hint] if hint and hint not in fitting else []
    return "\n".join([f"perhaps: {fitting[0]}", *(f"or: {sentence}" for sentence in fitting[1:]), *more])


def _contradicts(wrong: object, answer: object) -> bool:
    """Whether a mistake would have given another answer; None, "..." and one of several answers say nothing."""
    if isinstance(answer, (float, dict, tuple)) and type(wrong) is type(answer):
        return not (wrong == answer or _close(answer, wrong))
    if wrong is None or wrong is ... or _several(wrong):
        return False
    return bool(wrong != answer)


def telling(got: object, equals: object) -> bool:
    """Whether a wrong answer is so far from the right one that few mistakes give it, which its number then shows.

    >>> telling(40, 80), telling(79, 80), telling(0, 2), telling("bf16", "fp32"), telling(None, 7)
    (True, False, False, False, False)
    >>> telling((40, 3), (80, 3)), telling((79, 3), (80, 3)), telling((79, 2), (80, 3)), telling([1], [1, 2])
    (True, False, True, True)
    """
    if type(got) is not type(equals) or got == equals:
        return False
    if isinstance(got, int) and isinstance(equals, int):
        return abs(got - equals) > 1 and max(got, equals, -got, -equals) >= FEW
    if isinstance(got, (list, tuple)) and isinstance(equals, (list, tuple)) and len(got) == len(equals):
        parts = [(g, e) for g, e in zip(got, equals, strict=True) if g != e]
    elif isinstance(got, dict) and isinstance(equals, dict) and got.keys() == equals.keys():
        parts = [(got[name], equals[name]) for name in got if got[name] != equals[name]]
    else:
        return not isinstance(got, (str, bool))
    return len(parts) > 1 or any(telling(*pair) for pair in parts)


def _several(wrong: object) -> bool:
    """Whether this is equal to one of several answers that a mistake may give."""
    return not isinstance(wrong, (float, int, tuple, list, dict, str, bytes, type(None)))


def _fail(got: object, rows: tuple[str, str], hint: str, told: str) -> None:
    called = CALLS.that_gave(got) if told == "{}" else CALLS.text
    raise Failure(called, told.replace("{}", rows[0]), told.replace("{}", rows[1]), hint)


def _mistaken(got: Close, wrong: object) -> bool:
    """Whether this is what a mistake gives, or one of several answers that it may give."""
    return bool(wrong == got) if _several(wrong) else _close(got, wrong)


def _close(got: Close, to: object) -> bool:
    if isinstance(got, dict) and isinstance(to, dict):
        return got.keys() == to.keys() and all(_close(got[name], to[name]) for name in got)
    if isinstance(got, tuple) and isinstance(to, tuple):
        return len(got) == len(to) and all(map(_close, got, to))
    if isinstance(got, float) and isinstance(to, float):
        return isclose(got, to, rel_tol=1e-9, abs_tol=1e-12)
    return type(got) is type(to) and got == to


def expect_that(condition: bool, expected: str, got: str, hint: str = "") -> None:
    """Fail with a diagnosis unless the condition, said in `expected`, holds."""
    if not condition:
        raise Failure(CALLS.text, expected, got, hint)


@contextmanager
def expect_raises(
    kinds: type[Exception] | tuple[type[Exception], ...], naming: str | tuple[str, ...], hint: str = ""
) -> Iterator[None]:
    """Fail unless the body makes the submission raise one of these, naming `naming` or one of several.

    Upper and lower case are the same there, and a tuple is as good as a list. A submission that can't be imported,
    or recurses too deeply, has not meant to raise anything: that goes on as it is.
    """
    names = [kind.__name__ for kind in (kinds if isinstance(kinds, tuple) else (kinds,))]
    words = (naming,) if isinstance(naming, str) else naming
    told = " or ".join(_told(word) for word in words[:MOST_WORDS])
    wanted = " or ".join(names) + (f" whose message names {told}" if any(words) else "")
    try:
        yield
    except StudentError as error:
        if error.is_due(names, words):
            return
        right = not {*names}.isdisjoint(error.kinds)
        if not right and not {*error.kinds}.isdisjoint(NOT_MEANT):
            raise
        more = f"the message of the {names[0]} must contain {_told(words[0])}" if right else ""
        raise Failure(CALLS.text, wanted, f"{error.kind}: {short(error.text)}", more or hint) from None
    raise Failure(CALLS.text, wanted, "no exception", hint)


def _told(word: str) -> str:
    """A word as a message must name it: in quotes where nobody would see its ends.

    >>> _told("64 GB "), _told("[]")
    ("'64 GB '", '[]')
    """
    return word if word == " ".join(word.split()) else repr(word)


@contextmanager
def expect_answer(hint: str = "", answer: str = "an answer") -> Iterator[None]:
    """Where the body makes the submission raise instead of answering, say what the answer is, and `hint`.

    A submission that is not written, or can't be imported, is told so as elsewhere.
    """
    try:
        yield
    except StudentError as error:
        if not {*error.kinds}.isdisjoint(NOT_MEANT):
            raise
        got = f"{error.kind}: {short(error.text, 300)}"
        raise Failure(CALLS.text, answer, got, hint or advice.of_error(error), error.where) from None


def difference(expected: object, got: object) -> tuple[str, str]:
    """The first place where two plain values differ, as (expected, got).

    >>> difference({0: b"a"}, {0: b"b"})
    ("[0] is b'a', in {0: b'a'}", "[0] is b'b', in {0: b'b'}")
    """
    if type(expected) is not type(got):
        return short(expected), short(got)
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        pairs = zip_longest(expected, got, fillvalue=_MISSING)
        place = next(n for n, (e, g) in enumerate(pairs) if e != g)
        return _at(place, expected), _at(place, got)
    if isinstance(expected, dict) and isinstance(got, dict):
        keys = [*expected, *(key for key in got if key not in expected)]
        place = next(key for key in keys if expected.get(key, _MISSING) != got.get(key, _MISSING))
        return _at(place, expected), _at(place, got)
    if isinstance(expected, str) and isinstance(got, str) and max(len(expected), len(got)) > 60:
        place = next(n for n, (e, g) in enumerate(zip_longest(expected, got)) if e != g)
        around = slice(max(place - 20, 0), place + 20)
        return f"{expected[around]!r} around character {place}", f"{got[around]!r} around character {place}"
    return short(expected), short(got)


class _Missing:
    def __repr__(self) -> str:
        return "missing"


_MISSING = _Missing()


def _at(place: object, whole: list[object] | tuple[object, ...] | dict[object, object]) -> str:
    if isinstance(whole, dict):
        value = whole.get(place, _MISSING)
        around: object = whole
    else:
        assert isinstance(place, int)
        value = whole[place] if place < len(whole) else _MISSING
        start = max(place - 2, 0) if len(whole) > 12 else 0
        around = whole[start : place + 6] if len(whole) > 12 else whole
        if around is not whole:
            return (
                f"[{place}] is {_piece(value)}, in [{start}:{place + 6}] = {short(around, 100)} of {len(whole):,}"
            )
    return f"[{short(place)}] is {_piece(value)}, in {short(around)}"


def _piece(value: object) -> str:
    return "missing" if value is _MISSING else short(value)


def _bounded(text: str) -> str:
    """No more than a screen of it, whatever an answer holds."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]} ... ({len(text):,} characters)"


def _indent(text: str) -> str:
    return text.replace("\n", "\n" + " " * 12)
