"""Planted attacks gain nothing and do nothing, in each sandbox that works here."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.files import PROJECT
from grader.grading import Busy, Options, grade
from grader.isolation import LADDER
from grader.model import Verdict
from grader.proofs import specimen
from grader.proofs.attacks import OVER_S, Attacked, attack, children, names


def allowed(planted: specimen.Specimen) -> set[Verdict]:
    """Its verdicts; what one limit ends, a slow machine ends by time, of which attacks get little."""
    own = set(planted.verdicts)
    return own | ({Verdict.TIMEOUT} if own & {Verdict.CRASHED, Verdict.MEMORY, Verdict.OUTPUT} else set())


FOLLOWED = [name for name in names() if specimen.load(name).modules == {"errata"}][::5]
"""After these an honest submission is graded; `grader attacks` does so after all of them."""


LONG = {"answers_many_answers", "answers_many_maps", "ends_its_first_thread", "fills_mappings", "fills_watches"}
LONG |= {"answers_byte_by_byte", "answers_large_lists", "answers_too_deep", "generates_without_end"}
LONG |= {"opens_terminals", "recurses_without_end"}
"""They wait for limits, as others do that are tried at each push."""


def in_turn() -> Iterator[Any]:
    """Each attack and sandbox: at each push in one of the two, in the other, or if long, by `make thorough`."""
    for name in names():
        for n, kind in enumerate(LADDER):
            other = name in LONG or (zlib.crc32(name.encode()) + n) % len(LADDER)
            yield pytest.param(name, kind, marks=pytest.mark.thorough if other else (), id=f"{kind}-{name}")


@pytest.mark.parametrize(("name", "kind"), list(in_turn()), indirect=["kind"])
def test_an_attack_gains_and_does_nothing(name: str, kind: str) -> None:
    """The points of its honest part and no others; no file, connection or process; the next report as it was."""
    done = attack(name, kind, follow=name in FOLLOWED)
    assert done.score is not None, "the grader failed"
    assert done.score == done.most
    assert (done.changed, done.connections, done.survivors, done.next_differs) == ((), 0, (), ())
    assert (done.faults, done.over_s <= OVER_S) == (0, True)
    assert set(map(Verdict, done.verdicts)) <= allowed(specimen.load(name))
    assert done.withstood


HARMLESS = Attacked("x", "uid", 1.5, 1.5, ("FAILED",), (), 0, (), (), 0, 9.0, OVER_S)


@pytest.mark.parametrize(
    "harm",
    [
        *(
            {"score": None},
            {"score": 2.0},
            {"score": 1.0},
            {"changed": ("/x",)},
            {"connections": 1},
            {"survivors": ("1 x",)},
        ),
        *({"next_differs": ("x",)}, {"faults": 1}, {"over_s": OVER_S + 0.1}),
    ],
    ids=lambda harm: next(iter(harm)),
)
def test_any_harm_is_told(harm: dict[str, Any]) -> None:
    """An attack that gains, does, faults or takes long is not withstood."""
    assert HARMLESS.withstood
    assert not dataclasses.replace(HARMLESS, **harm).withstood


def test_how_long_the_grader_was_busy_is_by_check(tmp_path: Path) -> None:
    """Of each check what goes beyond its limit counts, of the intake all."""
    busy = Busy(0.5, {"a": 9.0, "b": 2.0})
    assert (busy.all_s, busy.over_s(8.0), busy.over_s(9.0)) == (11.5, 1.0, 0.5)
    told: list[Busy] = []
    root = specimen.compose(specimen.load("reference"), tmp_path)
    report = grade(root, Options(("5.5",), "none"), told=told.append)
    assert told[0].checks.keys() == {check.id for check in report.checks}
    assert 0 < told[0].all_s < 60


def test_hostile_frames_archives_and_sources_do_no_harm() -> None:
    """A fuzzer that is guided by coverage finds no case which the trusted side does not withstand."""
    pytest.importorskip("atheris", reason="no atheris for this Python")
    command = [sys.executable, "-m", "grader.bench.fuzz", "3000"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Done 3000 runs" in done.stderr


@pytest.mark.parametrize("after_s", [0.5, 1.5, 2.5])
def test_a_killed_grader_leaves_nothing_running(folder: Path, kind: str, after_s: float) -> None:
    """Killed at any point, it leaves no process of the submission's, and a whole report or none."""
    path = specimen.archive(specimen.load("hangs_in_native_code"), folder / "s.zip")
    before = children()
    command = [sys.executable, "-m", "grader", "grade", str(path), "--task", "5.5", "--isolation", kind]
    grader = subprocess.Popen([*command, "--report", str(folder / "report.json")], cwd=PROJECT)
    time.sleep(after_s)
    grader.kill()
    grader.wait()
    gone_by = time.monotonic() + 10
    while children() - before and time.monotonic() < gone_by:
        time.sleep(0.05)
    assert children() - before == set()
    assert [each.name for each in folder.iterdir()] == ["s.zip"]
