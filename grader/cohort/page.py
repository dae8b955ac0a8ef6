"""A class as one page for its staff: how many, how far, which checks and mistakes, each student. No script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from statistics import median

from grader.cohort.collect import owners
from grader.cohort.items import WEAK, caught_by, items, misconceptions
from grader.cohort.plots import Bar, bars
from grader.cohort.scores import Standing, counting, most_of
from grader.cohort.statistics import FEWEST, five, percentile
from grader.cohort.store import Store
from grader.cohort.students import file_of, next_step
from grader.cohort.templates import templates
from grader.model import Report
from tests.harness.tasks import TASKS

SHADES = 4
BINS = 10
HARDEST = 20
"""So many checks are shown at once; the others are folded."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a student has of a task: None without a result; `shade` is 0 to 4 by the share of the points."""

    points: float | None
    shade: int
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A student on the page: the anchor, the link to his or her own page or empty, and the tasks."""

    anchor: str
    link: str
    standing: Standing
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds on the clock that gradings took: the median, 95 of 100, and the slowest with its students."""

    gradings: int
    median_s: float
    most_s: float
    slowest_s: float
    slowest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A grading in which the grader failed, and whether there is a result of the submission all the same."""

    students: tuple[str, ...]
    said: str
    mended: bool


def class_html(store: Store, histories: Sequence[Sequence[Standing]], counts: str, pages: str = "") -> str:
    """The page of a class; `pages` is how links to the students' own pages begin, or empty when there are none."""
    standings = [counting(attempts, counts) for attempts in histories]
    reports = {each.student.id: each.report for each in standings if each.report}
    totals = [each.total for each in standings if each.total is not None]
    worth = _most(list(reports.values()))
    of_points, days = _spread(totals, sum(worth.values())), _days(histories)
    return templates.get_template("class.html").render(
        counts=counts,
        standings=standings,
        handed_in=[each for each in standings if each.attempt is not None],
        graded=reports,
        refused=_reasons([each for each in standings if each.why and each.tasks]),
        missing=_reasons([each for each in standings if each.said and not (each.why and each.tasks)]),
        totals=totals,
        five=five(totals),
        of_points=of_points,
        points_plot=bars(of_points, "points", "students"),
        worth=worth,
        tasks=TASKS,
        lines=_lines(standings, worth, pages),
        items=items(list(reports.values()), caught_by(c.id for each in reports.values() for c in each.checks)),
        hardest=HARDEST,
        fewest=FEWEST,
        weak=WEAK,
        mistakes=misconceptions(reports),
        attempts=[each for attempts in histories for each in attempts if each.attempt is not None],
        days=days,
        days_plot=bars(days, "day", "attempts") if days else "",
        faults=_faults(store),
        timing=_timing(store),
        next_step=next_step,
    )


def _most(reports: Sequence[Report]) -> dict[str, float]:
    """What each task is worth that was graded, in the handout's order."""
    found: dict[str, float] = {}
    for report in reports:
        for task, worth in most_of(report).items():
            found[task] = max(found.get(task, 0.0), worth)
    return {task: found[task] for task in TASKS if task in found}


def _reasons(standings: Sequence[Standing]) -> dict[str, list[str]]:
    """Who has this reason, the most frequent first: {reason: students' ids}."""
    found: dict[str, list[str]] = {}
    for each in standings:
        found.setdefault(each.said, []).append(each.student.id)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _spread(totals: Sequence[float], most: float) -> list[Bar]:
    """How many students have how many points, in at most `BINS` steps of whole points.

    A step holds its lower end, and the last one its upper end, too.

    >>> for bar in _spread([0, 4, 5.5, 12], 12):
    ...     print(bar.what, bar.many, sep=": ", end=";")
    0 to 2: 1;2 to 4: 0;4 to 6: 2;6 to 8: 0;8 to 10: 0;10 to 12: 1;
    """
    step = max(1, ceil(most / BINS))
    many = max(1, int(most // step))
    found = Counter(min(int(total // step), many - 1) for total in totals)
    ends = [*range(step, step * many, step), max([most, *totals])]
    return [Bar(f"{step * n} to {end:g}", found[n]) for n, end in enumerate(ends)]


def _lines(standings: Sequence[Standing], most: dict[str, float], pages: str) -> list[Line]:
    return [
        Line(
            f"student-{n}",
            f"{pages}{file_of(each.student.id)}" if pages else "",
            each,
            tuple(_cell(each, task, worth) for task, worth in most.items()),
        )
        for n, each in enumerate(standings, 1)
    ]


def _cell(standing: Standing, task: str, worth: float) -> Cell:
    decided = {each.task: each.points for each in standing.overrides}
    points = (standing.tasks | decided).get(task)
    share = (points or 0.0) / worth if worth else 0.0
    return Cell(points, min(SHADES, ceil(SHADES * share)), task in decided)


def _days(histories: Sequence[Sequence[Standing]]) -> list[Bar]:
    """How many attempts were handed in on each day, as those say that do."""
    days = Counter(
        datetime.fromisoformat(each.handed_in).date().isoformat()
        for attempts in histories
        for each in attempts
        if each.handed_in
    )
    return [Bar(day, many) for day, many in sorted(days.items())]


def _faults(store: Store) -> list[Fault]:
    of = owners(store)
    whole = {row["digest"] for row in store.rows("SELECT DISTINCT digest FROM gradings WHERE fault IS NULL")}
    return [
        Fault(of.get(row["digest"], ()), row["fault"], row["digest"] in whole)
        for row in store.rows("SELECT digest, fault FROM gradings WHERE fault IS NOT NULL ORDER BY n")
    ]


def _timing(store: Store) -> Timing | None:
    rows = store.rows("SELECT digest, wall_s FROM gradings WHERE fault IS NULL ORDER BY wall_s")
    if not rows:
        return None
    seconds = [row["wall_s"] for row in rows]
    slowest = owners(store).get(rows[-1]["digest"], ())
    return Timing(len(rows), median(seconds), percentile(seconds, 95), seconds[-1], slowest)
