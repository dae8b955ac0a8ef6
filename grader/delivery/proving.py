"""Proves that a release works, with pytest as its students run it, before it is put in place."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader.course import Course, weights
from grader.errors import GraderFault
from grader.making import REFERENCE
from tests.harness.outcomes import Verdict
from tests.harness.tasks import added, plain

LONGEST_S = 600.0


def prove(made: Path, course: Course) -> None:
    """Run a release's own pytest on copies of it: as it is, and with the reference in place of the stubs.

    Each public check must say "not written" of the stubs, and pass with the reference. The points must be those of
    the course.

    Raises:
        GraderFault: something else came out; the message names it.
    """
    with tempfile.TemporaryDirectory(prefix="grader-") as folder, ThreadPoolExecutor() as pool:
        runs = {}
        for name, verdict in (("stubs", Verdict.NOT_WRITTEN), ("reference", Verdict.PASSED)):
            copy = Path(shutil.copytree(made, Path(folder) / name))
            for path in REFERENCE.glob("*.py") if name == "reference" else ():
                shutil.copy(path, copy / "assignment")
            runs[name] = pool.submit(_wrong, copy, course, verdict)
        wrong = {name: run.result() for name, run in runs.items()}
    for name, said in wrong.items():
        if said:
            raise GraderFault(f"the release was not written, since with the {name} {said}")


def _wrong(folder: Path, course: Course, verdict: Verdict) -> str:
    """What is wrong with a run of the public checks, in words; empty when all of them come to this verdict."""
    outcomes = folder.with_suffix(".json")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--board", str(outcomes)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    kept |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=kept, input=b"", capture_output=True, timeout=LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"its pytest took more than {LONGEST_S:g} seconds"
    output = done.stdout.decode(errors="replace")
    end = "\n".join([output, done.stderr.decode(errors="replace")]).strip()[-1000:]
    worth = weights(course, hidden=False)
    rows = json.loads(outcomes.read_text(encoding="utf-8")) if outcomes.exists() else []
    told = {check["id"]: (check["points"], said) for check, said, _ in rows}
    if odd := _odd(told, worth, verdict):
        return f"{odd}; its pytest said: {end}"
    public = added(worth.values())
    hidden = added([course.total, -public])
    earned = public if verdict.earns else 0
    more = f" (hidden checks hold {plain(hidden)} more)" if hidden > 0 else ""
    board = f"all  {plain(earned)}/{plain(public)} points{more}"
    if board not in output.splitlines() or done.returncode != (0 if verdict.earns else 1):
        return f"its pytest does not end with {board!r}, but with: {end}"
    return ""


def _odd(told: Mapping[str, tuple[float, str]], worth: Mapping[str, float], verdict: Verdict) -> str:
    for check in sorted(told.keys() ^ worth.keys()):
        return f"the check {check} {'is there, and not in the course' if check in told else 'is not there'}"
    for check, (points, said) in told.items():
        if said != verdict.value or points != worth[check]:
            must = f"must be {verdict.value} and worth {worth[check]:g}"
            return f"the check {check} is {said} and worth {points:g}, and {must}"
    return ""
