"""What lateness costs, to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course import late

DUE = datetime(2026, 10, 30, 23, 59, tzinfo=timezone(timedelta(hours=1)))
RULE = late.Rule(grace_minutes=15, percent_per_day=10, most_days=3)


@pytest.mark.parametrize(
    ("after", "days", "share"),
    [
        (timedelta(days=-3), 0, 1),
        (timedelta(0), 0, 1),
        (timedelta(minutes=15), 0, 1),
        (timedelta(minutes=15, microseconds=1), 1, Fraction(9, 10)),
        (timedelta(days=1), 1, Fraction(9, 10)),
        (timedelta(days=1, microseconds=1), 2, Fraction(8, 10)),
        (timedelta(days=3), 3, Fraction(7, 10)),
        (timedelta(days=3, microseconds=1), 4, 0),
    ],
)
def test_each_day_that_has_begun_costs_its_percent(after: timedelta, days: int, share: Fraction) -> None:
    """Days are counted from the due date, and not from the end of the grace."""
    assert late.days(DUE, DUE + after, RULE) == days
    assert late.factor(DUE, DUE + after, RULE) == share


def test_a_percent_is_taken_as_it_is_written() -> None:
    """2.1 percent for each of 10 days are 21 percent, and no float's neighbour of it."""
    rule = late.Rule(percent_per_day=2.1)
    assert late.factor(DUE, DUE + timedelta(days=10), rule) == Fraction(79, 100)


def test_without_a_rule_to_be_late_costs_nothing() -> None:
    """Without [late], a due date is only told."""
    assert late.factor(DUE, DUE + timedelta(days=365), late.Rule()) == 1


def test_a_student_may_have_more_time() -> None:
    """Their own due date stands in place of the course's, in whatever time zone."""
    handed_in = DUE + timedelta(days=2)
    assert late.factor(DUE, handed_in, RULE) == Fraction(8, 10)
    assert late.factor(datetime(2026, 11, 1, 23, 0, tzinfo=UTC), handed_in, RULE) == 1


@given(
    st.floats(-10, 50), st.floats(0, 50), st.integers(0, 100), st.integers(0, 2000), st.none() | st.integers(0, 20)
)
def test_who_comes_later_has_no_more(
    first: float, then: float, percent: int, grace: int, most: int | None
) -> None:
    """The share lies between 0 and 1, and never grows."""
    rule = late.Rule(grace, percent, most)
    shares = [late.factor(DUE, DUE + timedelta(days=after), rule) for after in (first, first + then)]
    assert 1 >= shares[0] >= shares[1] >= 0
