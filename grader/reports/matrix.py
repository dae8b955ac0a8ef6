"""The proofs as pages that an instructor can read: specimens by tasks, and mutants by modules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.model import CheckResult
from grader.proofs import Calibration, Trial
from grader.reports.html import environment
from tests.harness.tasks import TASKS, Task

if TYPE_CHECKING:
    from grader.proofs.mutation import Row

KINDS = {
    "correct": "Correct: these lose nothing",
    "misconception": "Misconceptions: each loses the checks that are about it, and a message names it",
    "unfinished": "Unfinished",
    "attack": "Attacks: whatever they try, the score is that of their answers",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a specimen loses in a task: None when not graded; `shade` is 0 to 4 by the share of the points."""

    task: Task
    lost: float | None
    shade: int


@dataclass(frozen=True, slots=True)
class Group:
    """The specimens of one kind."""

    kind: str
    title: str
    rows: tuple[tuple[Trial, tuple[Cell, ...]], ...]


def calibration_html(result: Calibration) -> str:
    """The matrix, what caught each specimen, and what each check has caught."""
    wrong = result.of_kind("misconception")
    return environment.get_template("matrix.html").render(
        result=result,
        groups=_groups(result),
        parts=_parts(),
        wrong=wrong,
        caught=sum(bool(trial.lost) for trial in wrong),
        named=sum(trial.naming is not None for trial in wrong),
        wrongly_lost=sum(check.max_points for trial in result.of_kind("correct") for check in trial.lost),
        checks=_checks(result),
    )


def mutation_html(rows: Sequence[Row]) -> str:
    """The score by module, and every survivor with its change."""
    live, caught = sum(row.mutants - row.equivalent for row in rows), sum(row.caught for row in rows)
    template = environment.get_template("mutation.html")
    return template.render(rows=rows, live=live, caught=caught, score=caught / live if live else 1.0)


def _groups(result: Calibration) -> list[Group]:
    groups = []
    for kind, title in KINDS.items():
        trials = sorted(result.of_kind(kind), key=_order)
        rows = tuple((trial, tuple(_cell(trial, task) for task in TASKS.values())) for trial in trials)
        groups += [Group(kind, title, rows)] * bool(rows)
    return groups


def _order(trial: Trial) -> tuple[int, str]:
    """By the first task that it loses anything in, so that the matrix runs along its diagonal."""
    lost = {check.task for check in trial.lost}
    return next((n for n, task in enumerate(TASKS) if task in lost), -1), trial.specimen.name


def _cell(trial: Trial, task: Task) -> Cell:
    lost = trial.lost_points(task.id)
    return Cell(task, lost, -int(-4 * (lost or 0) // task.points))


def _parts() -> list[tuple[str, int]]:
    """The parts of the handout, and how many tasks each has."""
    numbers = [task.split(".")[0] for task in TASKS]
    return [(number, numbers.count(number)) for number in dict.fromkeys(numbers)]


def _checks(result: Calibration) -> list[tuple[CheckResult, list[str]]]:
    """Each check that was run, with the misconceptions that it has caught."""
    found: dict[str, tuple[CheckResult, list[str]]] = {}
    for trial in result.trials:
        for check in trial.report.checks:
            found.setdefault(check.id, (check, []))
            if not check.verdict.earns and trial.specimen.kind == "misconception":
                found[check.id][1].append(trial.specimen.name)
    tasks = list(TASKS)
    return sorted(found.values(), key=lambda item: (tasks.index(item[0].task), item[0].hidden, item[0].id))
