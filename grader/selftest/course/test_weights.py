"""What checks are worth in a course."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course import Course, weights
from grader.course.weights import _marks, share
from grader.files import PROJECT
from tests.harness.plan import public
from tests.harness.tasks import TASKS, added

MARKS = {mark.id: mark for folder in ("tests", "grader/hidden") for mark in _marks(PROJECT / folder)}


def test_a_course_with_the_usual_points_changes_nothing() -> None:
    """Each check is worth what its mark says, public ones among them."""
    for course in (Course(), Course(points={task.id: task.points for task in TASKS.values()})):
        usual = {check: float(mark.points) for check, mark in MARKS.items() if mark.task in course.points}
        assert weights(course) == dict(sorted(usual.items(), key=_place))
        told = weights(course, hidden=False)
        there = {task: part.points for task, part in public(PROJECT / "tests").items()}
        assert added(told.values()) == added(there[task] for task in course.points)


def _place(entry: tuple[str, object]) -> tuple[int, int]:
    return list(TASKS).index(entry[0].partition("/")[0]), list(MARKS).index(entry[0])


@pytest.mark.parametrize("points", [0, 0.01, 0.1, 1, 7.77, 33.33, 40, 100, 999_999.99])
def test_checks_add_up_to_the_points_of_their_task(points: float) -> None:
    """For each task, exactly; and each check has its share to the hundredth."""
    for task in TASKS:
        told = weights(Course(points={task: points}))
        assert added(told.values()) == points
        for check, worth in told.items():
            assert worth == pytest.approx(float(MARKS[check].points) * points / TASKS[task].points, abs=0.0100001)


@given(st.integers(0, 10**6), st.lists(st.integers(1, 20), min_size=1, max_size=30))
def test_what_is_shared_out_is_all_there(hundredths: int, quarters: list[int]) -> None:
    """Nobody's share is below 0."""
    shares = share(Fraction(hundredths, 100), [Fraction(each, 4) for each in quarters])
    assert added(shares) == hundredths / 100
    assert min(shares) >= 0
