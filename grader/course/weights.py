"""What each check is worth in a course: its task's points, shared out in proportion to the marks of its checks."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

from grader.course.model import Course
from grader.files import PROJECT


def weights(course: Course, *, hidden: bool = True) -> dict[str, float]:
    """Points of each check of the course's tasks, {id: points}: whole hundredths that add up to those of its task.

    A check gets about its share. Without `hidden`, only public checks are given, each with the same points.
    A course with the usual points changes nothing.

    >>> doubled = weights(Course(points={"5.5": 4}))
    >>> round(sum(doubled.values()), 9)
    4.0
    """
    public, private = _marks(PROJECT / "tests"), _marks(PROJECT / "grader" / "hidden")
    found: dict[str, float] = {}
    for task, points in course.points.items():
        marks = {mark.id: mark.points for mark in (*public, *private) if mark.task == task}
        found |= zip(marks, share(Fraction(str(points)), [*marks.values()]), strict=True)
    shown = found.keys() if hidden else {mark.id for mark in public}
    return {check: points for check, points in found.items() if check in shown}


def share(points: Fraction, marks: Sequence[Fraction]) -> list[float]:
    """Points shared out in proportion to marks, in whole hundredths; they add up to the points.

    >>> share(Fraction(40), [Fraction(1), Fraction(1), Fraction(1)])
    [13.33, 13.34, 13.33]
    """
    ends = [round(100 * points * end / sum(marks)) for end in accumulate(marks, initial=Fraction(0))]
    return [(end - start) / 100 for start, end in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class _Mark:
    """What `@points(2, task="4.2")` says above a check."""

    task: str
    id: str
    points: Fraction


@cache
def _marks(folder: Path) -> tuple[_Mark, ...]:
    """The marks of all checks in a folder."""
    files = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("test_*.py")))
    return tuple(mark for text in files for mark in _of(text))


def _of(text: str) -> Iterator[_Mark]:
    for node in (each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)):
        for decorator in node.decorator_list:
            match decorator:
                case ast.Call(ast.Name("points"), [ast.Constant(worth)], [*named]):
                    task = next(ast.literal_eval(each.value) for each in named if each.arg == "task")
                    yield _Mark(task, f"{task}/{node.name.removeprefix('test_')}", Fraction(str(worth)))
