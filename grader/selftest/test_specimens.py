"""Planted submissions get what they deserve, through the whole way: archive, sandbox, checks, report."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from grader import specimen
from grader.grade import PROJECT, Options, grade
from tests.harness.tasks import TASKS

NAMES = specimen.names()
SAMPLE = NAMES[::16]
"""Graded on everything; the others on the tasks of the modules that they change, since modules are apart."""


CHECKS = [*PROJECT.glob("tests/test_*.py"), *PROJECT.glob("grader/hidden/test_*.py")]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The ids of all checks: what is announced for a submission that holds nothing."""
    return {check.id for check in grade(tmp_path_factory.mktemp("empty")).checks}


def options(planted: specimen.Specimen, **more: Any) -> Options:
    """Grade on the tasks of the specimen's modules."""
    modules = {path.stem for path in (specimen.FOLDER / planted.name).glob("*.py")}
    sampled = planted.name in SAMPLE and more.get("isolation") != "none"
    everything = sampled or not modules or planted.base == "stubs"
    return Options(tuple(task.id for task in TASKS.values() if everything or task.module in modules), **more)


@pytest.mark.parametrize("name", [n for n in NAMES if n != "reference" and specimen.load(n).kind != "attack"])
def test_a_specimen_loses_exactly_its_checks(name: str, tmp_path: Path) -> None:
    """Each loses the checks that it must and no others, with the right verdict and the right words."""
    planted = specimen.load(name)
    report = grade(specimen.archive(planted, tmp_path / "s.zip"), options(planted, check_seconds=5))
    lost = [check for check in report.checks if not check.verdict.earns]
    assert {check.id for check in lost} == specimen.must_lose(planted, [check.id for check in report.checks])
    assert {check.verdict for check in lost} <= set(planted.verdicts)
    assert not lost or any(planted.message in check.message for check in lost)
    assert report.score == report.max_score - sum(check.max_points for check in lost)


@pytest.mark.parametrize(
    "name", [n for n in NAMES if specimen.load(n).kind in ("correct", "misconception", "unfinished")]
)
def test_the_direct_mode_agrees(name: str, tmp_path: Path) -> None:
    """Without isolation, a submission gets the verdicts that it gets in the sandbox."""
    planted = specimen.load(name)
    report = grade(specimen.compose(planted, tmp_path / "s"), options(planted, isolation="none"))
    lost = {check.id for check in report.checks if not check.verdict.earns}
    assert lost == specimen.must_lose(planted, [check.id for check in report.checks])
    assert {check.verdict for check in report.checks if check.id in lost} <= set(planted.verdicts)
    assert report.isolation == "none"


def test_the_reference_gets_full_marks(tmp_path: Path) -> None:
    """A copy of the reference under the name assignment is a submission, and gets all points."""
    report = grade(specimen.compose(specimen.load("reference"), tmp_path / "s"))
    assert report.score == report.max_score == sum(task.points for task in TASKS.values())


def test_grading_twice_gives_the_same_report(tmp_path: Path) -> None:
    """But for times, a submission gets the same report every time."""
    path = specimen.archive(specimen.load("greedy_longest_match"), tmp_path / "s.zip")
    first, second = (grade(path, Options(tasks=("1.2",))) for _ in range(2))
    assert [(c.id, c.verdict, c.message) for c in first.checks] == [
        (c.id, c.verdict, c.message) for c in second.checks
    ]


def test_every_check_catches_a_planted_misconception(planned: set[str]) -> None:
    """No check is without a mistake that it finds, and each task has two misconceptions at least."""
    misconceptions = [planted for planted in map(specimen.load, NAMES) if planted.kind == "misconception"]
    lost = {planted.name: specimen.must_lose(planted, planned) for planted in misconceptions}
    assert planned - set().union(*lost.values()) == set()
    for task in TASKS:
        assert sum(any(check.startswith(f"{task}/") for check in checks) for checks in lost.values()) >= 2, task


def test_specimens_name_checks_that_there_are(planned: set[str]) -> None:
    """A check that was renamed is not lost silently."""
    for planted in map(specimen.load, NAMES):
        assert {name for name in planted.loses if "/" in name} <= planned, planted.name


def test_every_task_has_public_and_hidden_checks_and_a_property(planned: set[str]) -> None:
    """For each task: checks in tests/, hidden ones, and at least one on random inputs."""
    texts = {path: path.read_text(encoding="utf-8") for path in CHECKS}
    for task in TASKS:
        marked = rf'@points\([\d.]+, task="{re.escape(task)}"\)\n'
        hidden = {("hidden" in path.parts) for path, text in texts.items() if re.search(marked, text)}
        assert hidden == {False, True}, task
        properties = rf"{marked}(?:@limits.*\n)?@given"
        assert any(re.search(properties, text) for text in texts.values()), f"{task} has no property"
