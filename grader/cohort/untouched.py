"""What was never written is not graded again and again: a module that is its stub gets the stub's results.

No other code of the submission runs in the checks of such a module, so all copies of it get the same results. They
are taken from a grading of the stubs themselves, once in each process, and never from another submission.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import threading
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from grader.course import USUAL
from grader.grading import Options, Settings, grade
from grader.isolation import is_stub
from grader.making import stubs
from grader.model import Report, Verdict
from tests.handin import PACKAGE
from tests.harness.tasks import TASKS

Progress = Callable[[int, int, str], None]
_LOCK = threading.Lock()
_STUBS: dict[tuple[str, tuple[str, ...]], Report] = {}
"""Reports of the stubs, by what decides a verdict and the tasks."""


def graded_once(path: Path, options: Options, progress: Progress | None = None) -> Report:
    """The report of an archive, as `grader.grading.grade` gives it, but for the times of what isn't written.

    Raises:
        UsageError: the path or a task does not exist.
        GraderFault: there is no isolation here, or the checks could not be run; nothing is known of the score.
    """
    tasks = options.tasks or options.course.tasks
    content = path.read_bytes()
    alike = untouched(content, tasks, options.course.tasks)
    if not alike:
        return grade(path, options, progress)
    known = _of_stubs(options, tasks, progress)
    alike -= {check.task for check in known.checks if check.verdict is not Verdict.NOT_WRITTEN}
    left = tuple(task for task in tasks if task not in alike)
    if not left:
        return replace(known, submission=path.name, sha256=hashlib.sha256(content).hexdigest())
    report = grade(path, replace(options, tasks=left), progress)
    new = {check.id: check for check in report.checks}
    checks = [new.pop(check.id, check) for check in known.checks if check.task in alike or check.id in new]
    return replace(report, checks=(*checks, *new.values()))


def untouched(content: bytes, tasks: tuple[str, ...], released: tuple[str, ...] = USUAL.tasks) -> set[str]:
    """The tasks whose module is its stub in an archive with `assignment/`, whatever ends its lines.

    Stubs are those of the `released` tasks, or of all.

    A folder or a compiled file of the same name would be imported in its place, so then it is none. Where nothing
    is left to be graded, what else is written is left to a whole grading, whose look at the code staff is told of.

    >>> untouched(b"no archive", ("1.1",))
    set()
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            held = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    except zipfile.BadZipFile:
        return set()
    given = [_given(tuple(TASKS)), _given(released)]
    if not _is_given("__init__", held, given):
        return set()
    found = {task for task in tasks if _is_given(TASKS[task].module, held, given)}
    names = (name.removeprefix(f"{PACKAGE}/").removesuffix(".py") for name in held)
    return found if len(found) < len(tasks) or all(_is_given(name, held, given) for name in names) else set()


@cache
def _given(tasks: tuple[str, ...]) -> Mapping[str, bytes]:
    """The stubs of a course with these tasks."""
    return {name: text.encode() for name, text in stubs.build(tasks=tasks).items()}


def _is_given(module: str, held: Mapping[str, bytes], given: Sequence[Mapping[str, bytes]]) -> bool:
    names = [name.removeprefix(f"{PACKAGE}/") for name in held]
    stubs_of_it = [each[f"{module}.py"] for each in given if f"{module}.py" in each]
    return is_stub(module, names, held.get(f"{PACKAGE}/{module}.py", b""), stubs_of_it)


def _of_stubs(options: Options, tasks: Sequence[str], progress: Progress | None) -> Report:
    key = Settings(options, options.isolation).key, (*tasks, repr(sorted(options.course.points.items())))
    with _LOCK:
        if key not in _STUBS:
            with tempfile.TemporaryDirectory(prefix="grader-stubs-") as folder:
                package = Path(folder) / PACKAGE
                package.mkdir()
                for name, text in _given(tuple(TASKS)).items():
                    (package / name).write_bytes(text)
                _STUBS[key] = grade(Path(folder), options, progress)
        return _STUBS[key]
