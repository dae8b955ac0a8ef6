"""Grades one submission: intake, a trusted pytest with the submission in a sandbox, and a report.

The checks run in a process of their own, which writes the plan before anything of the submission starts and a
line for each result. A planned check that has no result is the grader's fault, never the student's.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import __version__
from grader.course import USUAL, Course, weights
from grader.errors import GraderFault, UsageError
from grader.files import PROJECT
from grader.grading.feedback import with_level
from grader.grading.options import CHECKS, Options, Settings
from grader.intake import LOOK_S, intake, suspicions
from grader.isolation import Process, Runner, choose, lowered
from grader.model import CheckResult, Feedback, PlannedCheck, Report, Submission, Verdict
from tests.harness.tasks import TASKS


def pytest_args(tasks: Sequence[str] = (), checks: Sequence[str] = CHECKS) -> list[str]:
    """What pytest is told of this project, of tasks (all when empty), and of the folders that hold checks.

    >>> pytest_args(["1.2"], [])[-2:]
    ['--task', '1.2']
    """
    args = ["-q", "-p", "no:cacheprovider", "-c", str(PROJECT / "pyproject.toml"), "--rootdir", str(PROJECT)]
    args += [part for task in tasks for part in ("--task", task)]
    return [*args, *(str(PROJECT / folder) for folder in checks)]


CHANGING = tuple("PYTEST_ PYTHONOPTIMIZE PYTHONINTMAXSTRDIGITS PYTHONWARNINGS PYTHONDEVMODE PYTHONVERBOSE".split())
"""Beginnings of variables that the checks' process does not get."""

PLUGINS = ("-p", "tests.harness.plugin", "-p", "grader.isolation.plugin", "-p", "grader.grading.pace")
RUNNER = Runner(PROJECT, [*PLUGINS, *pytest_args(), "--collect-only"], ["torch"])
POLL_S = 0.05
STUCK_S = 600.0
"""Limits would have ended a check before: the grader hangs, and checks without a result are its fault."""


@dataclass(frozen=True, slots=True)
class Busy:
    """How long trusted processes were at work on a submission: to take it in, and in each check, {id: seconds}.

    Processor time; of the look at its code, which has a process of its own, the time that passed or may be taken.
    """

    intake_s: float
    checks: dict[str, float]

    @property
    def all_s(self) -> float:
        """All together."""
        return self.intake_s + sum(self.checks.values())

    def over_s(self, limit_s: float) -> float:
        """The most by which a check, or the intake, which has no limit, took more than its limit."""
        return max(self.intake_s, *(busy_s - limit_s for busy_s in self.checks.values()), 0.0)


Progress = Callable[[int, int, str], None]
"""Told how many checks are done, of how many, and which finished last."""


def need_tasks(tasks: Sequence[str], course: Course) -> None:
    """Refuse a task that there isn't, or that the course leaves out; the usual course takes optional ones, too.

    Raises:
        UsageError: there is such a task among them.
    """
    for task in tasks:
        if task not in TASKS:
            raise UsageError(f"no task {task!r}; there are {', '.join(TASKS)}")
        if task not in course.points and not course.usual:
            raise UsageError(f"the course leaves task {task} out; it has {', '.join(course.tasks)}")


USUAL_OPTIONS = Options()


def grade(
    path: Path,
    options: Options = USUAL_OPTIONS,
    progress: Progress | None = None,
    runner: Runner = RUNNER,
    told: Callable[[Busy], None] | None = None,
) -> Report:
    """Grade the folder or archive at path, with pytest started by the runner; `told` how long that kept us busy.

    Raises:
        UsageError: the path or a task does not exist.
        GraderFault: there is no isolation here, or the checks could not be run; nothing is known of the score.
    """
    need_tasks(options.tasks, options.course)
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        began_s = time.thread_time()
        submission = intake(path, _made(Path(folder) / "submission"))
        intake_s, began_s = time.thread_time() - began_s, time.monotonic()
        found = suspicions(submission.root) if submission.root else ()
        intake_s += min(time.monotonic() - began_s, LOOK_S)
        if submission.root:
            # Without it, Python would rather take another package of that name.
            package = submission.root / "assignment" / "__init__.py"
            package.touch()
            package.chmod(0o644)
        isolation = choose(options.isolation)
        lines = _run(submission, isolation, options, Path(folder), progress, runner)
    if told:
        results = [line["result"] for line in lines if "result" in line]
        told(Busy(intake_s, {result["id"]: result["busy_s"] for result in results}))
    plan = [PlannedCheck(**_planned(line["plan"])) for line in lines if "plan" in line]
    if not plan:
        raise GraderFault("the checks could not be collected")
    if submission.root is None:
        checks = [_skipped(check, submission.problem or "") for check in plan]
    else:
        ended = [line["ended"] for line in lines if "ended" in line]
        checks = _results(plan, [line["result"] for line in lines if "result" in line], *ended)
    report = Report(
        submission.name,
        submission.sha256,
        __version__,
        isolation,
        tuple(checks),
        submission.problem,
        submission.notes + (_less_than_promised() if submission.root and isolation != "none" else ()),
        found + _tried_again(lines),
    )
    return with_level(report, options.course.feedback) if options.course.feedback else report


def _less_than_promised() -> tuple[str, ...]:
    """A note for all who read the report, where checks had less than the handout promises."""
    low = ", ".join(lowered())
    what = "a check that may have failed by that is the grader's fault, and not yours"
    return (f"Less is allowed here than the handout promises ({low}); {what}.",) if low else ()


def _tried_again(lines: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """A note for staff: who can have a check tried again at will could tell by it what that check asks."""
    again = [line["again"] for line in lines if "again" in line]
    why = "other programs had the processor when their time ran out"
    return (f"tried a second time, since {why}: {', '.join(dict.fromkeys(again))}",) if again else ()


def _made(folder: Path) -> Path:
    folder.mkdir()
    for each in (folder, folder.parent):
        each.chmod(0o755)  # the sandbox's own user reads what is below it, whatever the umask
    return folder


def _run(
    submission: Submission,
    isolation: str,
    options: Options,
    folder: Path,
    progress: Progress | None,
    runner: Runner,
) -> list[dict[str, Any]]:
    """Run the checks in a trusted process, and give the lines that it wrote."""
    results, log = folder / "results.jsonl", folder / "log"
    results.touch()
    course = options.course
    tasks = options.tasks or (() if course.tasks == USUAL.tasks else course.tasks)
    args = [*PLUGINS, *pytest_args(tasks, options.checks), "--basetemp", str(folder / "pytest")]
    args += ["--isolation", isolation, "--results", str(results), "--examples", str(options.examples)]
    args += _course(course, folder)
    if options.replay and isolation != "none":
        args += ["--replay", str(_kept(options, options.replay, isolation))]
    check_seconds = options.check_seconds or course.check_seconds
    if check_seconds is not None:
        args += ["--check-seconds", str(check_seconds)]
    if submission.root is None:
        args.append("--collect-only")
    else:
        args += ["--submission", str(submission.root)]
    with log.open("wb") as output:
        process = runner.start(args, output, _environment())
        try:
            _follow(process, results, progress or (lambda *_: None))
        finally:
            process.kill()
            status = process.wait()
    lines = _lines(results)
    if not lines:
        raise GraderFault(f"the checks did not start: {log.read_text(errors='replace')[-2000:]}")
    return [*lines, {"ended": _ended_by(status)}]


def _kept(options: Options, folder: Path, isolation: str) -> Path:
    """Where checks are kept that were passed by the same settings.

    Raises:
        GraderFault: somebody else may write there, and so could give points.
    """
    kept = folder / Settings(options, isolation).key
    for each in (folder, kept):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = each.stat()
        if state.st_uid != os.geteuid() or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise GraderFault(f"somebody else may write to {str(each)!r}, and so could give points: chmod go-w")
    return kept


def _course(course: Course, folder: Path) -> list[str]:
    """What pytest is told of a course, in a file that its owner alone reads, since it may hold the seed."""
    if course.unweighed and not course.seed:
        return []
    file = folder / "course.json"
    file.touch(0o600)
    told = {"seed": course.seed} if course.unweighed else {"seed": course.seed, "checks": weights(course)}
    file.write_text(json.dumps(told), encoding="utf-8")
    return ["--course", str(file)]


def _ended_by(status: int) -> str:
    """How the process of the checks has ended, if it was killed."""
    return f": the process of the checks was killed ({signal.strsignal(-status)})" if status < 0 else ""


def _environment() -> dict[str, str]:
    """Ours without what would change pytest or how Python runs the checks, such as plugins or no docstrings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(CHANGING)}
    return kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def _follow(process: Process, results: Path, progress: Progress) -> None:
    """Report progress until the checks have run, or none has ended for so long that it is our fault."""
    done = -1
    running = True
    since = time.monotonic()
    while running and time.monotonic() < since + STUCK_S:
        running = process.poll() is None
        lines = _lines(results)
        finished = [line["result"]["id"] for line in lines if "result" in line]
        if len(finished) != done:
            done = len(finished)
            since = time.monotonic()
            progress(done, sum("plan" in line for line in lines), finished[-1] if finished else "")
        if running:
            time.sleep(POLL_S)


def _lines(results: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in results.read_text(encoding="utf-8").split("\n")[:-1]]


def _planned(record: dict[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in record.items() if k != "points"}
    return kept | {"max_points": record["points"], "feedback": Feedback(record["feedback"])}


def _skipped(check: PlannedCheck, problem: str) -> CheckResult:
    return _result(check, Verdict.SKIPPED, problem, 0.0)


def _results(
    plan: Sequence[PlannedCheck], results: Sequence[dict[str, Any]], ended: str = ""
) -> list[CheckResult]:
    """Each planned check with its result; the grader's own faults outweigh all else."""
    by_id: dict[str, dict[str, Any]] = {}
    for result in results:
        before = by_id.get(result["id"])
        if before is None or before["verdict"] != Verdict.GRADER_FAULT.value:
            by_id[result["id"]] = result
    lost = {"verdict": Verdict.GRADER_FAULT.value, "message": f"the check has no result{ended}", "wall_s": 0.0}
    found = [(check, by_id.get(check.id, lost)) for check in plan]
    return [_result(check, Verdict(r["verdict"]), r["message"], r["wall_s"]) for check, r in found]


def _result(check: PlannedCheck, verdict: Verdict, message: str, wall_s: float) -> CheckResult:
    points = check.max_points if verdict.earns else 0
    return CheckResult(
        check.id,
        check.task,
        check.title,
        verdict,
        points,
        check.max_points,
        message,
        check.hidden,
        wall_s,
        check.feedback,
    )
