"""What a course file means, in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from grader.course.late import days, factor, hundredths
from grader.course.model import USUAL, Course
from grader.files import PROJECT
from tests.harness.tasks import TASKS, in_points, plain


def described(course: Course) -> list[str]:
    """What it means, a sentence each: tasks, points, dates, what lateness costs, and which examples are drawn.

    >>> described(Course())[0]
    'The course has all 25 usual tasks, worth 100 points.'
    """
    return [*_tasks(course), *_needed(course), *due(course), *_grading(course)]


def due(course: Course) -> list[str]:
    """When it is due, and what lateness costs, for those who hand in.

    >>> due(Course())
    []
    """
    if course.due is None:
        return []
    rule = course.late
    said = [f"The work is due on {when(course.due)}."]
    if rule.grace_minutes:
        grace = f"{plain(rule.grace_minutes)} minute{'s' * (rule.grace_minutes != 1)}"
        said.append(f"What comes at most {grace} later counts as on time.")
    if rule.percent_per_day:
        said.append(f"Each day that has begun since then costs {plain(rule.percent_per_day)} % of the points.")
    if rule.most_days is not None:
        said.append(f"What comes more than {_count(rule.most_days, 'day')} late counts 0.")
    if not rule.percent_per_day and rule.most_days is None:
        said.append("To be late costs nothing.")
    return said + _example(course, course.due)


def _example(course: Course, due: datetime) -> list[str]:
    try:
        handed_in = due + timedelta(days=1, hours=1)
    except OverflowError:  # in the year 9999, which means never
        return []
    share = factor(due, handed_in, course.late)
    if share == 1:
        return []
    late = _count(days(due, handed_in, course.late), "day")
    kept = hundredths(50 * share)
    return [f"So what is handed in on {when(handed_in)} is {late} late: 50 points become {plain(kept)}."]


def when(moment: datetime) -> str:
    """A time with a time zone, as people write it.

    >>> when(datetime.fromisoformat("2026-10-30T23:59:00+01:00"))
    'Friday, 30 October 2026, 23:59 (UTC+01:00)'
    """
    seconds = f":{moment:%S}" * bool(moment.second)
    return f"{moment:%A}, {moment.day} {moment:%B %Y, %H:%M}{seconds} ({moment.tzinfo})"


def _tasks(course: Course) -> Iterator[str]:
    named = " ".join(filter(None, (f'"{course.title}"' if course.title else "", course.term)))
    usual = [task for task in course.points if task in USUAL.points]
    number = _count(len(course.points), "task")
    if len(usual) == len(USUAL.points):
        number = f"all {_count(len(usual), 'usual task')}"
        if optional := len(course.points) - len(usual):
            number += f" and {optional} of the {_count(len(TASKS) - len(usual), 'optional one')}"
    yield f"The course{f' {named}' * bool(named)} has {number}, worth {in_points(course.total)}."
    for part, of_part in groupby(course.points, lambda task: task.partition(".")[0]):
        told = [f"{task} ({plain(course.points[task])})" for task in of_part]
        yield f"Part {part}, with points: {', '.join(told)}."
    if left := [task for task in USUAL.points if task not in course.points]:
        yield f"It leaves out {', '.join(left)}."
    if away := [task.id for task in TASKS.values() if task.optional and task.id not in course.points]:
        yield f"Of the optional tasks, it leaves out {', '.join(away)}."
    for task, points in course.points.items():
        if points != TASKS[task].points:
            yield f"Task {task} is worth {in_points(points)} in place of {plain(TASKS[task].points)}."


def _needed(course: Course) -> Iterator[str]:
    """What a chapter of the handout says that its task needs, where the course leaves that out."""
    handout = PROJECT / "handout.md"
    text = handout.read_text(encoding="utf-8") if handout.exists() else ""
    effort = r"^## Task (\S+):.*\n\n.*\n\n\*Effort: .* Needs: (.+)[.] Result: "
    for task, needs in re.findall(effort, text, re.MULTILINE):
        away = [each for each in re.findall(r"\[(\d+\.\d+)\]", needs) if each not in course.points]
        if task in course.points and away:
            named = " and ".join(filter(None, [", ".join(away[:-1]), away[-1]]))
            yield f"The handout says that task {task} needs {named}, left out here: see whether it can do without."


def _grading(course: Course) -> Iterator[str]:
    yield f"Of several hand-ins, the {course.attempts} one counts."
    if course.feedback:
        yield f"Of hidden checks, students are told: {course.feedback.value}."
    if course.check_seconds:
        yield f"No check may take more than {plain(course.check_seconds)} seconds."
    if course.seed:
        yield "Hidden checks draw their random examples from the seed: the same for everybody, and in each run."
    else:
        yield "There is no seed, so hidden checks draw the usual random examples."
    if course.roster:
        yield f"The roster is {course.roster}."


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"
