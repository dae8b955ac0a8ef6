"""What lateness costs: pure functions of times that have a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a late submission loses; by itself nothing.

    `grace_minutes` after the due date still count as on time. Each day that has begun since the due date costs
    `percent_per_day` of the points. After `most_days` days it counts nothing; None means that this never happens.
    """

    grace_minutes: float = 0
    percent_per_day: float = 0
    most_days: int | None = None


def days(due: datetime, handed_in: datetime, rule: Rule = Rule()) -> int:
    """How many days late it is: those that have begun since the due date, and 0 when it is on time.

    >>> from datetime import UTC
    >>> due = datetime(2026, 10, 30, 23, 59, tzinfo=UTC)
    >>> days(due, due + timedelta(hours=1)), days(due, due + timedelta(hours=25))
    (1, 2)
    """
    late = handed_in - due
    return 0 if late <= timedelta(minutes=rule.grace_minutes) else -(-late // DAY)


def hundredths(points: Fraction) -> float:
    """Points as they are written into a gradebook: to the nearest hundredth, and half of one is rounded up.

    >>> hundredths(Fraction("33.335")), hundredths(Fraction(50, 3)), hundredths(Fraction(4))
    (33.34, 16.67, 4.0)
    """
    return floor(100 * points + Fraction(1, 2)) / 100


def factor(due: datetime, handed_in: datetime, rule: Rule) -> Fraction:
    """The share of its points that a submission keeps, 0 to 1.

    Both times have a time zone. A student with more time has a due date of their own, which is
    given in place of the course's.

    Raises:
        TypeError: one of the times has a time zone, and the other has none.

    >>> from datetime import UTC
    >>> rule = Rule(grace_minutes=15, percent_per_day=10, most_days=3)
    >>> due = datetime(2026, 10, 30, 23, 59, tzinfo=UTC)
    >>> [str(factor(due, due + timedelta(hours=hours), rule)) for hours in (-5, 0.25, 1, 25, 72, 73)]
    ['1', '1', '9/10', '4/5', '7/10', '0']
    """
    late = days(due, handed_in, rule)
    if rule.most_days is not None and late > rule.most_days:
        return Fraction(0)
    return max(Fraction(0), 1 - late * Fraction(str(rule.percent_per_day)) / 100)
