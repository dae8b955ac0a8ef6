"""Stores that tests fill by hand: reports, gradings and attempts without a sandbox."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

from grader.cohort import Added, Store, add
from grader.model import CheckResult, Report, Verdict
from grader.reports import to_json

PASS, FAIL, FAULT = Verdict.PASSED, Verdict.FAILED, Verdict.GRADER_FAULT


def added(store: Store, path: Path, *given: tuple[str, str]) -> Added:
    """What became of one download, of which a person has decided so much."""
    [done] = add(store, [path], given)
    return done


def report(**earned: Verdict) -> Report:
    """Of checks named like `t1_2_a`, 2 points each."""
    checks = []
    for name, verdict in earned.items():
        task = name[1:4].replace("_", ".")
        points = 2.0 if verdict.earns else 0.0
        message = "" if verdict.earns else "f() should be 1"
        checks.append(CheckResult(f"{task}/{name}", task, name, verdict, points, 2.0, message, False, 0.1))
    return Report("s.zip", "0" * 64, "0.2.0", "none", tuple(checks), None, ())


def _archive(store: Store, digest: str) -> None:
    if not store.rows("SELECT n FROM archives WHERE digest = ?", digest):
        store.add("archives", digest=digest, content=b"zip")


def graded(
    store: Store, digest: str, given: Report | None, *, tasks: str = "", key: str = "k", fault: str = ""
) -> int:
    """A run that graded one submission."""
    _archive(store, digest)
    n = store.add("runs", began="2027", key=key, settings="{}", tasks=tasks)
    packed = zlib.compress(json.dumps(to_json(given)).encode()) if given else None
    score = to_json(given)["score"] if given else None
    store.add(
        "gradings",
        run=n,
        digest=digest,
        key=key,
        tasks=tasks,
        fault=fault or None,
        score=score,
        wall_s=1.0,
        report=packed,
    )
    return n


def attempt(store: Store, student: str, digest: str | None, when: str = "", problem: str | None = None) -> None:
    """One that was handed in."""
    if digest:
        _archive(store, digest)
    store.add(
        "attempts", student=student, label="s.zip", source=f"{digest}", handed_in=when, late=0, digest=digest,
        problem=problem, notes="[]", added="2027",
    )  # fmt: skip
