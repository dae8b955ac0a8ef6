"""What numbers of a class come to: five numbers, shares and correlations, with how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, ceil, fsum, sqrt, tanh
from statistics import NormalDist, fmean, median

Z = NormalDist().inv_cdf(0.975)
"""So many standard deviations to each side hold 95 % of a normal distribution."""

FEWEST = 10
"""Of fewer students than that, a correlation has no interval: it would say nothing."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What a number may be in truth: 95 of 100 such intervals hold it."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Five:
    """The five numbers of a distribution, in the unit of its values."""

    least: float
    lower: float
    middle: float
    upper: float
    most: float


def five(values: Sequence[float]) -> Five | None:
    """Least, lower quarter, median, upper quarter, most. None when there are no values.

    A quarter is the median of a half; the middle value of an odd number belongs to both halves (Tukey's hinges).

    >>> five([1, 2, 3, 4, 5])
    Five(least=1, lower=2, middle=3, upper=4, most=5)
    >>> five([4, 1]), five([])
    (Five(least=1, lower=1, middle=2.5, upper=4, most=4), None)
    """
    if not values:
        return None
    ordered = sorted(values)
    half = (len(ordered) + 1) // 2
    return Five(ordered[0], median(ordered[:half]), median(ordered), median(ordered[-half:]), ordered[-1])


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that so many percent of the values don't exceed (the nearest rank).

    Raises:
        ValueError: there are no values, or the percentage is not above 0 and up to 100.

    >>> percentile([3, 1, 2], 95), percentile(range(1, 101), 95)
    (3, 95)
    """
    if not values or not 0 < percent <= 100:
        raise ValueError(f"no {percent:g} % of {len(values)} values")
    return sorted(values)[ceil(percent * len(values) / 100) - 1]


def share(passed: int, of: int) -> Interval | None:
    """The 95 % interval of a share, by Wilson's formula. None when there is nothing to count.

    It stays between 0 and 1, and is right for few students, too. Of 3 among 4, the middle is pulled from 0.75
    towards 0.5: (3 + z**2 / 2) / (4 + z**2) = 0.628, and z * sqrt(3 * 1 / 4 + z**2 / 4) / (4 + z**2) = 0.327 is
    the way to each side.

    >>> found = share(3, 4)
    >>> round(found.low, 3), round(found.high, 3)
    (0.301, 0.954)
    """
    if not of:
        return None
    middle = (passed + Z**2 / 2) / (of + Z**2)
    side = Z * sqrt(passed * (of - passed) / of + Z**2 / 4) / (of + Z**2)
    return Interval(max(middle - side, 0.0), min(middle + side, 1.0))


def correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Pearson's correlation, from -1 to 1. None when one of them doesn't vary.

    With 1 for passed and 0 for lost on one side, it is called point-biserial.

    Raises:
        ValueError: they are not equally many.

    >>> correlation([1, 1, 0, 0], [4, 2, 2, 0])
    0.7071067811865475
    >>> correlation([1, 1], [2, 3]) is None
    True
    """
    if not one or min(one) == max(one) or min(other) == max(other):
        return None
    left, right = fmean(one), fmean(other)
    together = fsum((a - left) * (b - right) for a, b in zip(one, other, strict=True))
    spread = fsum((a - left) ** 2 for a in one) * fsum((b - right) ** 2 for b in other)
    return max(-1.0, min(1.0, together / sqrt(spread)))


def around(r: float, n: int) -> Interval | None:
    """The 95 % interval of a correlation of n pairs, by Fisher's transformation; None for fewer than `FEWEST`.

    It is exact for values that are normally distributed, and a guide for passed and lost.

    >>> found = around(0.5, 28)
    >>> round(found.low, 2), round(found.high, 2), around(0.5, 9)
    (0.16, 0.74, None)
    """
    if n < FEWEST or abs(r) == 1:
        return None
    side = Z / sqrt(n - 3)
    return Interval(tanh(atanh(r) - side), tanh(atanh(r) + side))
