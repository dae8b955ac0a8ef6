"""Holds the checks against planted submissions: correct ones lose nothing, wrong ones lose what they must.

One judgement for the command `grader calibrate` and for the selftest. *Fast* grades a mistake on the task that
it loses, others on the tasks of their modules, and without isolation unless it is an attack. Otherwise all are
graded in the sandbox, a mistake on the tasks of its modules, and correct ones and attacks on all tasks. A
mistake reaches no tasks of other modules: they import none of each other.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from grader.grading import Options, grade
from grader.model import CheckResult, Report, Verdict
from grader.proofs import specimen
from grader.proofs.specimen import Specimen, must_lose
from tests.harness.tasks import TASKS

CHECK_SECONDS = 10.0
"""No check of a wrong specimen may take longer in the sandbox, so that endless loops don't take all the time."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A specimen, its report, and sentences on what is not as it must be; none when all is."""

    specimen: Specimen
    report: Report
    faults: tuple[str, ...]

    @property
    def lost(self) -> tuple[CheckResult, ...]:
        """The checks that it does not pass."""
        return tuple(check for check in self.report.checks if not check.verdict.earns)

    @property
    def naming(self) -> CheckResult | None:
        """A lost check whose message names the mistake, if there is one."""
        words = self.specimen.message
        return next((check for check in self.lost if words and words in check.message), None)

    def lost_points(self, task: str) -> float | None:
        """Points lost in a task; None when it was not graded."""
        checks = [check for check in self.report.checks if check.task == task]
        return sum(check.max_points - check.points for check in checks) if checks else None


@dataclass(frozen=True, slots=True)
class Calibration:
    """All trials, and the planned checks that caught no planted mistake."""

    trials: tuple[Trial, ...]
    unproven: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """Every sentence on what is wrong, with the name of the specimen or check."""
        of_trials = [f"{trial.specimen.name}: {fault}" for trial in self.trials for fault in trial.faults]
        return (*of_trials, *(f"check {check} has caught no planted mistake" for check in self.unproven))

    def of_kind(self, kind: str) -> tuple[Trial, ...]:
        """The trials of one kind of specimen."""
        return tuple(trial for trial in self.trials if trial.specimen.kind == kind)


def judge(planted: Specimen, report: Report, *, properties: bool = False) -> tuple[str, ...]:
    """Sentences on what is not as the specimen says; checks that were not graded don't count.

    Of properties alone, a mistake may lose none, and other checks may be those that name it.
    """
    lost = {check.id: check for check in report.checks if not check.verdict.earns}
    wanted = must_lose(planted, [check.id for check in report.checks])
    faults = [f"it does not lose {check}" for check in sorted(wanted - lost.keys())]
    faults += [
        f"it loses {check}, which it must not: {_first(lost[check])}" for check in sorted(lost.keys() - wanted)
    ]
    faults += _verdicts(planted, [lost[check] for check in sorted(lost.keys() & wanted)])
    if planted.kind == "correct" and (planted.loses or lost):
        faults.append("it is correct, and must lose nothing")
    if planted.kind == "misconception" and not properties:
        faults += _named(planted, lost.values())
    elif (
        planted.message
        and lost
        and not properties
        and not any(planted.message in check.message for check in lost.values())
    ):
        faults.append(f"no message says {planted.message!r}")
    if report.score is not None and report.score != report.max_score - sum(c.max_points for c in lost.values()):
        faults.append(f"its score {report.score:g} is not the sum of what it has not lost")
    return tuple(faults)


def _verdicts(planted: Specimen, lost: Sequence[CheckResult]) -> list[str]:
    wanted = [(check, _wanted(planted, check)) for check in lost]
    return [f"{c.id} is {c.verdict.value}, not {', '.join(w)}" for c, w in wanted if c.verdict not in w]


def _wanted(planted: Specimen, check: CheckResult) -> tuple[Verdict, ...]:
    """What a lost check may come to; what a specimen has left as a stub is not written."""
    untouched = planted.base == "stubs" and TASKS[check.task].module not in planted.modules
    return (Verdict.NOT_WRITTEN,) if untouched else planted.verdicts


def _named(planted: Specimen, lost: Iterable[CheckResult]) -> list[str]:
    """A mistake is caught, and a message says in words what it is."""
    if not lost:
        return ["nothing has caught it"]
    if len(planted.message.split()) < 2:
        return [f"its `message` must name the mistake in two words or more, and is {planted.message!r}"]
    if not any(planted.message in check.message for check in lost):
        return [f"no message says {planted.message!r}; one says: {_first(next(iter(lost)))}"]
    return []


def _first(check: CheckResult) -> str:
    return " | ".join(line.strip() for line in check.message.split("\n") if line)[:300]


def tasks_of(planted: Specimen, *, fast: bool) -> tuple[str, ...]:
    """The tasks to grade it on: all; fast, or for a mistake, those of its modules; fast and a mistake, its own."""
    modules = planted.modules
    own = {check.split("/")[0] for check in planted.loses}
    if fast and planted.kind == "misconception" and own <= TASKS.keys():
        return tuple(task for task in TASKS if task in own)
    everything = not modules or not (fast or planted.kind == "misconception")
    return tuple(task.id for task in TASKS.values() if everything or task.module in modules)


def try_one(planted: Specimen, *, fast: bool = False, isolation: str = "auto", examples: int = 0) -> Trial:
    """Grade one specimen as an archive, and judge it; an attack in the sandbox, whatever is asked for."""
    if planted.kind == "attack" and isolation == "none":
        isolation = "auto"
    own_limits = isolation == "none" or planted.kind == "correct"
    seconds = None if own_limits else CHECK_SECONDS
    options = Options(tasks_of(planted, fast=fast), isolation, seconds, examples=examples)
    with tempfile.TemporaryDirectory(prefix="specimen-") as folder:
        report = grade(specimen.archive(planted, Path(folder) / f"{planted.name}.zip"), options)
    faults = [f"the grader failed in {c.id}" for c in report.checks if c.verdict is Verdict.GRADER_FAULT]
    return Trial(planted, report, (*faults, *judge(planted, report, properties=examples > 0)))


def planned(*, hidden: bool = True) -> set[str]:
    """The ids of all checks, or of the public ones: what is announced for a submission that holds nothing."""
    with tempfile.TemporaryDirectory(prefix="specimen-") as folder:
        checks = grade(Path(folder), Options(tuple(TASKS), isolation="none")).checks
    return {check.id for check in checks if hidden or not check.hidden}


def calibrate(
    names: Sequence[str],
    *,
    fast: bool,
    isolation: str,
    jobs: int,
    examples: int = 0,
    progress: Callable[[int, int, str], None] = lambda *_: None,
) -> Calibration:
    """Try some specimens at a time; all of them prove each check, too.

    With other examples, attacks are left out, and of checks all but properties.

    Raises:
        UsageError: there is no specimen of a name; the message lists those that there are.
    """
    chosen = [planted for planted in map(specimen.load, names) if not examples or planted.kind != "attack"]
    with ThreadPoolExecutor(jobs) as pool:
        running = [
            pool.submit(try_one, planted, fast=fast, isolation=isolation, examples=examples) for planted in chosen
        ]
        try:
            for done, future in enumerate(as_completed(running), start=1):
                progress(done, len(running), future.result().specimen.name)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    trials = tuple(future.result() for future in running)
    everything = set(names) == set(specimen.names()) and not examples
    missed = planned() - caught_by(trials) if everything else set()
    return Calibration(trials, tuple(sorted(missed)))


def caught_by(trials: Iterable[Trial]) -> set[str]:
    """The checks that have caught some misconception."""
    return {check.id for trial in trials if trial.specimen.kind == "misconception" for check in trial.lost}
