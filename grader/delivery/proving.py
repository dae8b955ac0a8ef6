"""Proves that a release works, with pytest as its students run it, before it is put in place."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grader.course import Course, weights
from grader.errors import GraderFault
from grader.making import REFERENCE
from tests.harness.outcomes import Verdict
from tests.harness.tasks import added

LONGEST_S = 600.0


def prove(made: Path, course: Course) -> None:
    """Run a release's own pytest on copies of it: as it is, and with the reference in place of the stubs.

    Each public check must say "not written" of the stubs, and pass with the reference. The points must be those of
    the course.

    Raises:
        GraderFault: something else came out; the message names it.
    """
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        runs = {}
        for name, verdict, status in (("stubs", Verdict.NOT_WRITTEN, 1), ("reference", Verdict.PASSED, 0)):
            copy = Path(shutil.copytree(made, Path(folder) / name))
            if name == "reference":
                for path in REFERENCE.glob("*.py"):
                    shutil.copy(path, copy / "assignment")
            runs[name] = (_started(copy, Path(folder) / f"{name}.json"), verdict, status)
        for name, (process, verdict, status) in runs.items():
            try:
                output, _ = process.communicate(timeout=LONGEST_S)
            except subprocess.TimeoutExpired:
                output = f"it took more than {LONGEST_S:g} s"
            finally:
                for each, *_ in runs.values():
                    if process.returncode is None:
                        each.kill()
            if wrong := _wrong(
                Path(folder) / f"{name}.json", output, course, verdict, process.returncode == status
            ):
                raise GraderFault(f"the release was not written, since with the {name} {wrong}")


def _started(folder: Path, outcomes: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--board", str(outcomes)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    kept |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        command,
        cwd=folder,
        env=kept,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def _wrong(outcomes: Path, output: str, course: Course, verdict: Verdict, ended: bool) -> str:
    """What is wrong with a run, in words; empty when nothing is."""
    if not outcomes.exists():
        return f"its pytest did not run: {output[-1000:].strip()}"
    worth = weights(course, hidden=False)
    told = {
        check["id"]: (check["points"], said) for check, said, _ in json.loads(outcomes.read_text(encoding="utf-8"))
    }
    if odd := _odd(told, worth, verdict):
        return odd
    public = added(worth.values())
    hidden = added([course.total, -public])
    earned = 0 if verdict is Verdict.NOT_WRITTEN else public
    rest = f" (hidden checks hold {hidden:g} more)" if hidden else ""
    board = f"all  {earned:g}/{public:g} points{rest}"
    if board not in output.splitlines() or not ended:
        return f"its pytest does not end with {board!r}: {output[-1000:].strip()}"
    return ""


def _odd(told: Mapping[str, tuple[float, str]], worth: Mapping[str, float], verdict: Verdict) -> str:
    for check in sorted(told.keys() ^ worth.keys()):
        return f"the check {check} {'is there, and not in the course' if check in told else 'is not there'}"
    for check, (points, said) in told.items():
        if said != verdict.value or points != worth[check]:
            must = f"must be {verdict.value} and worth {worth[check]:g}"
            return f"the check {check} is {said} and worth {points:g}, and {must}"
    return ""
