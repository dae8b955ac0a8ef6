"""Chooses the isolation: the strongest that works here, or the one asked for, never a weaker one unasked."""

from __future__ import annotations

import tempfile
from pathlib import Path

from grader.errors import IsolationUnavailable, UsageError
from grader.isolation.bwrap import Sandbox
from grader.model import Limits

BACKENDS = ("bwrap", "none")


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
    problem = bwrap_problem()
    if problem is None:
        return "bwrap"
    advice = "`grader doctor` tells more; --isolation none grades without any, which a submission can abuse"
    raise IsolationUnavailable(f"{problem}. {advice}")


def bwrap_problem() -> str | None:
    """Why a bubblewrap sandbox can't be started here, or None when it can."""
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        Path(folder).chmod(0o755)
        try:
            Sandbox(Path(folder), Limits()).close()
        except (IsolationUnavailable, OSError) as error:
            return str(error)
    return None
