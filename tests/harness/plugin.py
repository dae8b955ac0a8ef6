"""The pytest plugin of both sides: markers, the `student` fixture, verdicts, and the board at the end.

The grader adds a plugin of its own that answers `pytest_student_backend` with a sandboxed one and listens to
`pytest_checks_planned` and `pytest_check_finished`. Without it the submission runs in this process.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import threading
import traceback
import zlib
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from os import _exit as leave  # which is the running check's own while one runs
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis.internal.conjecture import engine, providers
from hypothesis.internal.constants_ast import Constants

from tests import submit
from tests.harness import board, bounds, hints, notes, plan, watch
from tests.harness.checks import NO_PYTHON, Check, Outcome, check_of, judge
from tests.harness.direct import DirectBackend
from tests.harness.expect import CALLS, Failure
from tests.harness.outcomes import Limits, Stopped, StudentError, Verdict
from tests.harness.student import Backend, Student
from tests.harness.tasks import CHOSEN, TASKS, plain
from tests.harness.text import visible

SHRINKING_S = 8
"""So long a counterexample is made smaller: answers that are wrong now and then could keep that going for ever."""

CHECK = pytest.StashKey[Check]()
OUTCOMES = pytest.StashKey[list[Outcome]]()
SHOWN = pytest.StashKey[set[str]]()
SLOW = pytest.StashKey[set[str]]()
STUB = pytest.StashKey[str]()
HARNESS = Path(__file__).parent
MOST_NOTES = 8
NO_FAULT = (
    "default::pytest.PytestUnhandledThreadExceptionWarning",
    "default::pytest.PytestUnraisableExceptionWarning",
    "ignore::ResourceWarning",
    "ignore:The recursion limit will not be reset:hypothesis.errors.HypothesisWarning",
)
"""What may go wrong beside the answers, in a thread or a `__del__`: it is told, and no check fails by it."""
MOST_LINES, MOST_PRINTED = 20, 4_000
"""Of what a failing check has printed, so many lines and characters are shown."""


class Hooks:
    """What other plugins can answer or listen to."""

    @pytest.hookspec(firstresult=True)
    def pytest_student_backend(
        self, config: pytest.Config, check: Check, scratch: Path
    ) -> AbstractContextManager[Backend] | None:
        """A backend for one check, opened before it and closed after it."""

    @pytest.hookspec
    def pytest_checks_planned(self, config: pytest.Config, checks: list[Check]) -> None:
        """All checks that are going to run, before the first starts."""

    @pytest.hookspec
    def pytest_check_finished(self, config: pytest.Config, outcome: Outcome) -> None:
        """One check has its verdict."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks above."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the assignment."""
    group = parser.getgroup("assignment")
    group.addoption("--task", action="append", default=[], metavar="ID", help="run one task only, such as 1.2")
    group.addoption("--part", action="append", default=[], metavar="N", help="run one part only, such as 1")
    group.addoption(
        "--next", action="store_true", help="go task by task, and stop at the first check that is not passed"
    )
    group.addoption(
        "--hint",
        type=int,
        default=0,
        metavar="N",
        help="show N steps, 1 to 3, for the first check that is not passed",
    )
    group.addoption("--watch", action="store_true", help="run the tasks of each file again when it changes")
    group.addoption("--board", metavar="FILE", help="keep outcomes in a file, and show those of earlier runs, too")
    group.addoption("--once", action="store_false", dest="watch", help=argparse.SUPPRESS)  # the same
    group.addoption("--changed", action="append", default=[], help=argparse.SUPPRESS)  # of --watch, for its runs
    group.addoption("--submission", metavar="DIR", help="the folder above assignment/ (default: this repository)")
    group.addoption(
        "--examples", type=int, default=0, metavar="N", help="run property tests alone, with other random examples"
    )
    group.addoption("--course", metavar="FILE", help=argparse.SUPPRESS)  # of the grader: points of checks, a seed


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, refuse unknown tasks, and settle the examples of property tests."""
    config.addinivalue_line("markers", "points(n, task): what the check is worth, and its task")
    config.addinivalue_line(
        "markers", "limits(**limits): what the check may use, see tests.harness.outcomes.Limits"
    )
    config.option.force_short_summary = True  # by itself pytest tells each diagnosis once more where CI is set
    if not 0 <= config.getoption("hint") <= hints.STEPS:
        raise pytest.UsageError(f"--hint takes a number of steps from 1 to {hints.STEPS}")
    if config.args_source is config.ArgsSource.INVOCATION_DIR and config.invocation_params.dir != config.rootpath:
        config.args[:] = [str(config.rootpath / each) for each in config.getini("testpaths")] or config.args
    config.stash[OUTCOMES] = list[Outcome]()
    config.stash[SHOWN], config.stash[SLOW] = set(), set()
    config.pluginmanager.register(Told(config))
    if not config.pluginmanager.hasplugin("grader.isolation.plugin"):  # the grader ends its process from outside
        end = partial(_give_up, config)
        bounds.give_up.append(end)
        config.add_cleanup(lambda: bounds.give_up.remove(end))
    for option, known in (("task", list(TASKS)), ("part", sorted({task[0] for task in TASKS}))):
        for name in set(config.getoption(option)) - set(known):
            raise pytest.UsageError(f"--{option} {name}: there is no such number, only {', '.join(known)}")
    try:
        board.earlier(config.getoption("board"))
    except ValueError as error:
        raise pytest.UsageError(f"--board: {error}") from None
    settle_examples()


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Watch instead of running once, if that is asked for."""
    if not config.getoption("watch"):
        return None
    return watch.watch(config.rootpath, config.invocation_params.args)


class Told:
    """Gathers what became of the checks from their reports, which pytest-xdist brings from its workers, too."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome of a check."""
        told = getattr(report, "told", None)
        if told:
            self._config.stash[OUTCOMES].append(Outcome.of(told, report.duration))


def settle_examples() -> None:
    """Let property tests try the same examples each time, wherever they run and whatever is imported there."""
    hypothesis.settings.register_profile(
        "checks",
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=60,
        phases=set(hypothesis.Phase) - {hypothesis.Phase.explain},  # which is slow, and says nothing to a student
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("checks")
    # By itself it mixes in constants from the files that happen to be imported, the submission's among them, and
    # so tries other examples in a student's run than in the grader's, and others again after any edit.
    providers._get_local_constants = Constants
    engine.MAX_SHRINKING_SECONDS = SHRINKING_S


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave files of other tasks unread; a file's name begins with its task's number, or its part's."""
    named = re.match(r"test_([0-9_]+)_", collection_path.name)
    if named is None:
        return None
    number = named[1].replace("_", ".") + "."
    there = [task for task in TASKS if f"{task}.".startswith(number)]
    return not any(_wanted(config, task, collection_path) for task in there) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Read each check, keep the tasks asked for, and announce the plan."""
    checks: dict[str, pytest.Item] = {}
    left_out = []
    course = _course(config)
    for item in list(items):
        if not isinstance(item, pytest.Function) or "student" not in item.fixturenames:
            continue
        check = item.stash[CHECK] = check_of(item, course.get("checks", CHOSEN.checks))
        item.repr_failure = _untold  # type: ignore[method-assign]
        for warning in NO_FAULT:
            item.add_marker(pytest.mark.filterwarnings(warning))
        _seed(item, check, config.getoption("--examples"), course.get("seed", ""))
        unchanged = config.getoption("examples") and not hypothesis.is_hypothesis_test(item.obj)
        if unchanged or not _wanted(config, check.task, item.path):
            left_out.append(item)
        elif check.id in checks:
            raise pytest.UsageError(f"{item.nodeid} and {checks[check.id].nodeid} are both check {check.id!r}")
        else:
            checks[check.id] = item
    if config.getoption("next"):
        order = {task: place for place, task in enumerate(TASKS)}
        items.sort(key=lambda item: order[item.stash[CHECK].task] if CHECK in item.stash else -1)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_checks_planned(config=config, checks=[item.stash[CHECK] for item in checks.values()])


def _course(config: pytest.Config) -> dict[str, Any]:
    """What the grader says of a course: points of checks, {id: points}, and the seed of its hidden examples."""
    file = config.getoption("--course")
    return dict(json.loads(Path(file).read_text(encoding="utf-8"))) if file else {}


def _seed(item: pytest.Function, check: Check, examples: int, secret: str) -> None:
    """Take a property's examples from the check's name: by itself Hypothesis takes others after any edit of it.

    Those of a hidden one depend on the course's secret, too, and can't be told without it.
    """
    if hypothesis.is_hypothesis_test(item.obj):
        name = check.id.partition("[")[0]  # parameters share the function
        drawn = zlib.crc32(f"{name} {examples}".encode())
        if secret and check.hidden:
            drawn = int.from_bytes(hashlib.sha256(f"{secret} {name} {examples}".encode()).digest())
        hypothesis.seed(drawn)(item.obj)


def _untold(excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
    """A diagnosis stands in place of a traceback, which takes longer to put together than most checks."""
    del excinfo, style
    return ""


def _wanted(config: pytest.Config, task: str, file: Path) -> bool:
    """Whether the checks of a task are to run; an optional one must be named, or its file."""
    tasks, parts = config.getoption("--task"), config.getoption("--part")
    changed = config.getoption("changed")
    if not tasks and not changed and task not in CHOSEN.tasks and file not in _named(config):
        return False
    return all(not asked or one in asked for asked, one in ((tasks, task), (parts, task[0]), (changed, task)))


def _named(config: pytest.Config) -> list[Path]:
    """The files that the command line names, or of which it names a check."""
    named = [config.invocation_params.dir / argument.partition("::")[0] for argument in config.args]
    return [path.resolve() for path in named if path.is_file()]


@pytest.hookimpl(trylast=True)
def pytest_student_backend(config: pytest.Config, check: Check, scratch: Path) -> AbstractContextManager[Backend]:
    """Without a grader, the submission runs in this process."""
    root = Path(config.getoption("--submission") or config.rootpath).resolve()
    debugging = bool(config.getoption("usepdb"))
    limits = Limits(wall_s=0) if debugging else check.limits  # 0 switches the timer off
    config.stash[STUB] = notes.untouched(root / "assignment", check.task)
    return nullcontext(DirectBackend(root, scratch, limits, config.stash[SLOW]))


@pytest.fixture
def student(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Student]:
    """The submission: `student.bpe.train_bpe(...)`; fresh for each check in the grader."""
    CALLS.clear()
    check = request.node.stash[CHECK]
    backend = request.config.hook.pytest_student_backend(config=request.config, check=check, scratch=tmp_path)
    with backend as opened:
        yield Student(opened, CALLS)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    """Spare stubs the import of torch, which takes longer than all of their checks do."""
    if CHECK in pyfuncitem.stash and (said := pyfuncitem.config.stash.get(STUB, "")):
        raise Stopped(Verdict.NOT_WRITTEN, said)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn what ended a check into its verdict and diagnosis."""
    report = yield
    check = item.stash.get(CHECK, None)
    if check is None or (call.when != "call" and call.excinfo is None):
        return report
    verdict, message = Verdict.PASSED, ""
    if call.excinfo is not None:
        if call.excinfo.errisinstance(pytest.skip.Exception):
            verdict, message = Verdict.SKIPPED, str(call.excinfo.value)
        else:
            verdict, message = judge(call.excinfo.value)
            report.outcome = "failed"
            shown = _shown(message, item.config.stash[SHOWN])
            report.longrepr = (
                f"{check.id}  {check.title}  [{verdict.value}, worth {plain(check.points)}]\n\n{shown}\n"
            )
            told = verdict is not Verdict.NOT_WRITTEN
            report.sections[:] = [(name, _last(text)) for name, text in report.sections if told]
            if item.config.getoption("fulltrace") or item.config.getoption("tbstyle") in ("long", "native"):
                report.longrepr += _traceback(call.excinfo.value)
    if verdict is Verdict.GRADER_FAULT and call.excinfo is not None:
        ours = call.excinfo.traceback.filter(lambda entry: "site-packages" not in str(entry.path))
        report.longrepr = f"{report.longrepr}\n" + "".join(
            f"  {e.path}:{e.lineno + 1} in {e.name}\n" for e in ours
        )
    report.verdict = verdict.value  # type: ignore[attr-defined]
    if item.config.getoption("usepdb"):
        call.excinfo = _to_debug(call.excinfo)
    outcome = Outcome(check, verdict, message, call.duration)
    report.told = outcome.told()  # type: ignore[attr-defined]
    if item.config.getoption("next") and verdict not in (Verdict.PASSED, Verdict.SKIPPED):
        item.session.shouldstop = "at the first check that is not passed"
    item.config.hook.pytest_check_finished(config=item.config, outcome=outcome)
    return report


def _shown(message: str, before: set[str]) -> str:
    """A message as it is shown. What keeps a file from being imported is shown once, and else only named."""
    called, row, why = message.partition("\n  got  ")
    if not row or not any(sign in why for sign in (*NO_PYTHON, " in <module>: ")):
        return visible(message)
    if why not in before:
        before.add(why)
        return visible(message)
    return visible(f"{called}{row}{why.partition(chr(10))[0]} (see above)")


def _last(text: str) -> str:
    """The end of what was printed, as far as a screen shows it."""
    lines = visible(text[-MOST_PRINTED:]).splitlines(keepends=True)
    cut = len(lines) > MOST_LINES or len(text) > MOST_PRINTED
    return ("...\n" if cut else "") + "".join(lines[-MOST_LINES:])


def _traceback(error: BaseException | None) -> str:
    """Where the student's own code raised, frame by frame, as Python shows it."""
    while error is not None and not (isinstance(error, StudentError) and error.__cause__):
        error = error.__context__ if isinstance(error, Failure) else None
    if error is None or error.__cause__ is None:
        return ""
    cause = error.__cause__
    frames = traceback.extract_tb(cause.__traceback__)
    theirs = traceback.format_list([each for each in frames if HARNESS not in Path(each.filename).parents])
    return "\n" + visible("".join([*theirs, *traceback.format_exception_only(cause)]))


def _to_debug(excinfo: pytest.ExceptionInfo[BaseException] | None) -> pytest.ExceptionInfo[BaseException] | None:
    """What a debugger stops at: the student's own exception, and nothing where a stub is not written."""
    error = excinfo.value if excinfo else None
    if isinstance(error, Stopped) and error.verdict is Verdict.NOT_WRITTEN:
        return None
    while isinstance(error, StudentError) and error.__cause__:
        error = error.__cause__
    return pytest.ExceptionInfo.from_exception(error) if error else None


def pytest_report_teststatus(report: Any) -> tuple[str, str, str] | None:
    """Count an untouched stub as `not written`, outside the list of failures."""
    if getattr(report, "verdict", "") == Verdict.NOT_WRITTEN.value:
        return "not written", "-", "NOT WRITTEN"
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the board: one line a task."""
    outcomes = config.stash[OUTCOMES]
    kept = board.kept(config.getoption("board"), outcomes)
    for line in board.lines(kept, plan.public(Path(__file__).parents[1])):
        terminalreporter.write_line(visible(line))
    undone = next((o for o in outcomes if not o.verdict.earns and o.verdict is not Verdict.SKIPPED), None)
    if undone and config.getoption("next"):
        task = TASKS[undone.check.task]
        terminalreporter.write_line(f"next  {undone.check.title}")
        terminalreporter.write_line(
            f"      see handout.md, Task {task.id}: {task.title}; python -m pytest --task {task.id}"
        )
    optional = [task.id for task in TASKS.values() if task.optional]
    if optional and config.getoption("keyword") and not outcomes:
        terminalreporter.write_line(f"note  optional tasks, {', '.join(optional)}, run where --task names them")
    if config.getoption("examples") and not outcomes and terminalreporter.stats.get("deselected"):
        terminalreporter.write_line("note  no check here draws examples, so --examples has nothing to run")
    if config.getoption("hint"):
        for line in hints.lines(outcomes, config.rootpath, config.getoption("hint")):
            terminalreporter.write_line(visible(line))
    if outcomes and not config.getoption("submission"):
        for line in [*_noted(config.rootpath), *_waited_for()]:
            terminalreporter.write_line(visible(line))


CATCHES_ALL = """\
  try       a bare `except:`, or `except BaseException:`, in a loop catches what stops it, and Ctrl-C, too;
            name what is meant, as in `except ValueError:`"""


def _give_up(config: pytest.Config, stopped: Stopped) -> None:
    """End pytest, since the running check can't be ended: say why, and show the board so far.

    Whatever is asked of Python comes to the thread that runs the check, which catches it; so another thread ends
    the process.
    """
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.suspend_global_capture(in_=True)
    outcomes = config.stash[OUTCOMES]
    check = os.environ.get("PYTEST_CURRENT_TEST", "a check").removesuffix(" (call)")
    said = [
        "",
        f"{check}: {stopped.message}, and pytest ends here",
        *(f"  at        {place}" for place in stopped.where),
        CATCHES_ALL,
        *board.lines(board.kept(config.getoption("board"), outcomes), plan.public(Path(__file__).parents[1])),
    ]
    os.write(2, "".join(f"{visible(line)}\n" for line in said).encode(errors="backslashreplace"))
    leave(1)


def _waited_for() -> list[str]:
    """Threads that were started and not ended: Python waits for them before it ends."""
    running = [each for each in threading.enumerate() if not each.daemon and each is not threading.main_thread()]
    return [f"note  a thread was started and has not ended: {each.name}; pytest waits for it" for each in running]


def _noted(root: Path) -> list[str]:
    """What handing in would leave out, or grading miss, of this repository's assignment/."""
    try:
        found = submit.contents(root)
    except (OSError, ValueError) as error:
        return [f"note  assignment/ can't be handed in: {error}"]
    said = [*notes.notes(found.files), *(f"left out when handed in: {each}" for each in found.left_out)]
    more = [f"note  and {len(said) - MOST_NOTES} more: python -m tests.submit"] if len(said) > MOST_NOTES else []
    return [*(f"note  {each}" for each in said[:MOST_NOTES]), *more]
