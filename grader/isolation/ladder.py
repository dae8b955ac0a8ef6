"""Chooses the isolation: the strongest that works here, or the one asked for, never a weaker one unasked."""

from __future__ import annotations

import tempfile
from pathlib import Path

from grader.errors import GraderFault, IsolationUnavailable, UsageError
from grader.isolation import bwrap, uid
from grader.isolation.backend import SandboxPool
from grader.isolation.sandbox import Backend
from grader.model import Limits
from tests.harness.outcomes import Stopped, StudentError

LADDER: dict[str, Backend] = {"bwrap": bwrap.prepare, "uid": uid.prepare}
"""The backends, strongest first."""

INPUTS = {"bwrap": f"{bwrap.TMP}/inputs"}
"""Where a check finds its input files, in those where that is told beforehand."""

BACKENDS = (*LADDER, "none")
WORKING: set[str] = set()
"""Those that have been tried here, so that a class is not graded with a trial for each submission."""
TINY = """
import os

def read(path):
    with open(f"/dev/shm/tiny-{os.getpid()}", "w"):
        pass
    with open(path) as file:
        return file.read()
"""
"""A submission of one module, to see whether a sandbox serves: semaphores, too, are files in /dev/shm."""

ADVICE = "`grader doctor` tells more; --isolation none grades without any, which a submission can abuse"


def choose(wanted: str) -> str:
    """The backend to use for "auto" or a name.

    Raises:
        UsageError: there is no such backend.
        IsolationUnavailable: it does not work here; the message says why and what to do.
    """
    if wanted not in ("auto", *BACKENDS):
        raise UsageError(f"no isolation {wanted!r}; there are auto, {', '.join(BACKENDS)}")
    if wanted == "none":
        return wanted
    problems = []
    for name in LADDER if wanted == "auto" else (wanted,):
        found = problem(name)
        if found is None:
            return name
        problems.append(f"{name}: {found}")
    raise IsolationUnavailable(f"{'; '.join(problems)}. {ADVICE}")


def problem(name: str) -> str | None:
    """Why a sandbox of this kind can't serve a check here, or None when it can, which is tried once."""
    if name in WORKING:
        return None
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        Path(folder).chmod(0o755)
        try:
            _try(LADDER[name], Path(folder))
        except (GraderFault, OSError, Stopped, StudentError) as error:
            return str(error)
    WORKING.add(name)
    return None


def _try(backend: Backend, root: Path) -> None:
    """Call a tiny submission, as a check does.

    Raises:
        GraderFault: its answer is wrong. As well as all that a backend raises.
    """
    package = root / "assignment"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "tiny.py").write_text(TINY, encoding="utf-8")
    for each in (package, *package.iterdir()):  # the sandbox's own user reads them, whatever the umask
        each.chmod(0o755)
    pool = SandboxPool(backend, root)
    try:
        with pool.check(Limits()) as check:
            path = check.file("text.txt", b"tiny")
            if check.invoke("tiny.read", None, [path], {}, False) != "tiny":
                raise GraderFault("a tiny submission gave another answer than it should")
    finally:
        pool.close()
