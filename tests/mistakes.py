"""Numbers of every size, and what many different mistakes have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from statistics import mean, median

from hypothesis import strategies as st

DECIMALS = "Decimal was used, which holds 28 digits; integers are exact"
FLOATS = "floats were used, which hold 53 bits; integers are exact"
BITS = "a number ran over 64 bits, as NumPy's do; Python's own integers have no end"


@st.composite
def whole(draw: st.DrawFn, digits: int = 25) -> int:
    """A whole number from 1 on, of one to so many digits, each length as likely as another.

    What fails is shrunk to 2, since many mistakes look alike at 1.
    """
    low: int = 10 ** draw(st.integers(0, digits - 1))
    number: int = draw(st.integers(low, 10 * low - 1))
    return number % 9 + 1 if low == 1 else number


class Rounded:
    """Equal to what a few steps in floats make of some whole numbers above 2⁵³, and not the same.

    Floats are off by more than one or two of a number of many digits.

    >>> Rounded(10**20) == 10**20 + 1, Rounded([7, 10**20]) == [7, 10**20 - 5000], Rounded(10**20) == 10**20
    (False, True, False)
    >>> Rounded(10**20) == 10**20 - 10**12, Rounded(2**60) == 2**60 + 1, Rounded(10**30) == 10**30 + 2**47
    (False, True, True)
    """

    def __init__(self, exact: object) -> None:
        self._exact = exact

    def __eq__(self, got: object) -> bool:
        pairs = list(_pairs(self._exact, got))
        off = [(e, g) for e, g in pairs if e != g]
        return bool(off) and all(e > 2**53 and e >> 62 <= abs(e - g) <= e // 10**12 for e, g in off)

    __hash__ = None  # type: ignore[assignment]


class Wrapped(Rounded):
    """Equal to what 64 bits leave of some whole numbers, in whichever of them.

    >>> Wrapped(2**63) == -(2**63), Wrapped([7, 2**65]) == [7, 0], Wrapped(7) == 8
    (True, True, False)
    """

    def __init__(self, exact: object, off_by: int = 2**64) -> None:
        super().__init__(exact)
        self._off_by = off_by

    def __eq__(self, got: object) -> bool:
        pairs = _pairs(self._exact, got)
        return any(e != g and (e - g) % self._off_by == 0 for e, g in pairs)

    __hash__ = None


class OneOf:
    """Equal to any of some answers, of a mistake that need not give one of them at each input.

    >>> OneOf([1, 2]) == 2, OneOf([1, 2]) == 3
    (True, False)
    """

    def __init__(self, answers: Iterable[object]) -> None:
        self._answers = list(answers)

    def __eq__(self, got: object) -> bool:
        return got in self._answers

    __hash__ = None  # type: ignore[assignment]


def inexact(exact: object, off_by: int = 2**64) -> dict[str, Callable[[], object]]:
    """What `expect` tells when whole numbers were computed in floats, or in 64 bits.

    What has left 64 bits is off by a multiple of 2**64, and of 2**61 where bits have become bytes since.

    >>> [sentence for sentence, give in inexact(2**70).items() if give() == 0] == [BITS]
    True
    """
    return {FLOATS: lambda: Rounded(exact), BITS: lambda: Wrapped(exact, off_by)}


def of_two_passes(forward: list[float], backward: list[float]) -> dict[str, Callable[[], object]]:
    """What `expect` tells when the times of passes, step by step, became other numbers than their two medians."""
    both, upper = [there + back for there, back in zip(forward, backward, strict=True)], len(forward) // 2
    return {
        "the mean was returned; return the median": lambda: (mean(forward), mean(backward)),
        "the median of forward was subtracted from that of whole steps; take the median of backward itself": (
            lambda: (median(forward), median(both) - median(forward))
        ),
        "both times are those of one step; each pass has a median of its own": (
            lambda: OneOf([*_middle_steps(forward, backward), *_middle_steps(backward, forward, back=True)])
        ),
        "for an even number of repeats, the median is the mean of the middle two": (
            lambda: (sorted(forward)[upper], sorted(backward)[upper])
        ),
    }


def _middle_steps(first: list[float], second: list[float], *, back: bool = False) -> list[tuple[float, float]]:
    """The times of the steps in the middle when ranked by one pass: upper, lower and mean of the two."""
    ranked, n = sorted(zip(first, second, strict=True)), len(first)
    upper, lower = ranked[n // 2], ranked[(n - 1) // 2]
    both = [upper, lower, ((upper[0] + lower[0]) / 2, (upper[1] + lower[1]) / 2)]
    return [(b, a) for a, b in both] if back else both


def _pairs(exact: object, got: object) -> Iterator[tuple[int, int]]:
    """Whole numbers that stand in the same places; none where the data differ in shape."""
    if isinstance(exact, int) and isinstance(got, int):
        yield exact, got
    elif isinstance(exact, dict) and isinstance(got, dict) and exact.keys() == got.keys():
        for name, value in exact.items():
            yield from _pairs(value, got[name])
    elif isinstance(exact, (list, tuple)) and isinstance(got, (list, tuple)) and len(exact) == len(got):
        for e, g in zip(exact, got, strict=True):
            yield from _pairs(e, g)
