"""Planted submissions get what they deserve, through the whole way: archive, sandbox, checks, report."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from grader.files import PROJECT
from grader.grading import Options, grade
from grader.isolation import Runner
from grader.model import CheckResult, Report, Verdict
from grader.proofs import calibration, specimen
from grader.proofs.calibration import judge, planned, try_one
from grader.proofs.specimen import Specimen, must_lose
from tests.harness.tasks import TASKS

NAMES = specimen.names()
SAMPLE = sorted({*NAMES[::96], "correct_liberties"})
"""Graded in the sandbox. `grader calibrate` grades all of them there."""


def proving(planted: list[Specimen]) -> set[str]:
    """As few mistakes as needed, more or less, for each check to lose one."""
    left, names = {check for each in planted for check in each.loses}, set()
    while left:
        most = max(planted, key=lambda each: (len(left & {*each.loses}), each.name))
        left -= {*most.loses}
        names.add(most.name)
    return names


PLANTED = [specimen.load(name) for name in NAMES if name != "reference"]
PROVING = proving([each for each in PLANTED if each.kind == "misconception"])
SLOW = {
    f"correct_{name}"
    for name in "classes fractions from_the_handout liberties naive numpy pools recursive".split()
}
"""Graded directly by `make thorough` alone; the sandbox grades one of them at each push."""

AT_EACH_PUSH = {each.name for each in PLANTED if each.kind == "correct"} - SLOW | PROVING
DIRECTLY = [
    pytest.param(each.name, marks=() if each.name in AT_EACH_PUSH else pytest.mark.thorough)
    for each in PLANTED
    if each.kind != "attack"
]
"""Graded directly: correct ones and those that prove all checks at each push, all others by `make thorough`."""

CHECKS = [*PROJECT.glob("tests/test_*.py"), *PROJECT.glob("grader/hidden/test_*.py")]


@pytest.fixture(scope="module")
def everything() -> set[str]:
    """The ids of all checks."""
    return planned()


@pytest.mark.parametrize("name", DIRECTLY)
def test_a_specimen_loses_exactly_its_checks(name: str) -> None:
    """Each loses the checks that it must and no others, with the right verdict; a message names the mistake."""
    assert try_one(specimen.load(name), fast=True, isolation="none").faults == ()


@pytest.mark.parametrize("name", [name for name in SAMPLE if specimen.load(name).kind != "attack"])
def test_the_sandbox_agrees(name: str) -> None:
    """In the sandbox, a submission gets the verdicts that it gets directly."""
    trial = try_one(specimen.load(name), fast=True)
    assert trial.faults == ()
    assert trial.report.isolation != "none"


def test_grading_twice_gives_the_same_report(tmp_path: Path) -> None:
    """But for times, a submission gets the same report every time, from nothing and in a fork."""
    runner = Runner(PROJECT, [])
    path = specimen.archive(specimen.load("unknown_is_lost"), tmp_path / "s.zip")
    first, second = (grade(path, Options(tasks=("1.4",)), runner=runner) for _ in range(2))
    assert [(c.id, c.verdict, c.message) for c in first.checks] == [
        (c.id, c.verdict, c.message) for c in second.checks
    ]


def test_every_check_catches_a_planted_misconception(everything: set[str]) -> None:
    """No check is without a mistake that it finds, and each task has two misconceptions at least."""
    misconceptions = [planted for planted in map(specimen.load, NAMES) if planted.kind == "misconception"]
    lost = {planted.name: must_lose(planted, everything) for planted in misconceptions}
    assert everything - set().union(*lost.values()) == set()
    for task in TASKS:
        assert sum(any(check.startswith(f"{task}/") for check in checks) for checks in lost.values()) >= 2, task


def test_a_mistake_loses_checks_of_one_task_alone() -> None:
    """What other tasks ask for of the same function is right, so that points are lost once."""
    for planted in map(specimen.load, NAMES):
        if planted.kind == "misconception":
            assert len({check.split("/")[0] for check in planted.loses}) == 1, planted.name


def test_every_task_has_two_correct_solutions_beside_the_reference() -> None:
    """Written independently: none imports the reference's own modules, or any other of the assignment's."""
    correct = [planted for planted in map(specimen.load, NAMES) if planted.kind == "correct"]
    for task in TASKS.values():
        assert sum(task.module in planted.modules for planted in correct) >= 2, task.id
    for path in (file for planted in correct for file in (specimen.FOLDER / planted.name).glob("*.py")):
        imported = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        assert not [node for node in imported if node.level or (node.module or "").startswith("assignment")], path


def test_specimens_name_checks_that_there_are(everything: set[str]) -> None:
    """A check that was renamed is not lost silently."""
    for planted in map(specimen.load, NAMES):
        assert {name for name in planted.loses if "/" in name} <= everything, planted.name


def test_only_who_writes_nothing_else_loses_everything() -> None:
    """What stands on the reference has the points of other modules."""
    assert {planted.base for planted in map(specimen.load, NAMES) if planted.loses == ("*",)} == {"stubs"}


def test_every_task_has_public_and_hidden_checks_and_a_property() -> None:
    """For each task: checks in tests/, hidden ones, and at least one on random inputs."""
    texts = {path: path.read_text(encoding="utf-8") for path in CHECKS}
    for task in TASKS:
        marked = rf'@points\([\d.]+, task="{re.escape(task)}"\)\n'
        hidden = {("hidden" in path.parts) for path, text in texts.items() if re.search(marked, text)}
        assert hidden == {False, True}, task
        properties = rf"{marked}(?:@limits.*\n)?@given"
        assert any(re.search(properties, text) for text in texts.values()), f"{task} has no property"


def checked(lost: dict[str, str], passed: tuple[str, ...] = ()) -> Report:
    """A report in which some checks of task 1.2 are lost, with these messages."""
    checks = [_check(f"1.2/{name}", Verdict.FAILED, message) for name, message in lost.items()]
    checks += [_check(f"1.2/{name}", Verdict.PASSED, "") for name in passed]
    return Report("s", "0" * 64, "0.1.0", "none", tuple(checks), None, ())


def _check(name: str, verdict: Verdict, message: str) -> CheckResult:
    return CheckResult(name, "1.2", "A title", verdict, 2 * verdict.earns, 2, message, False, 0.1)


WRONG = replace(
    specimen.load("decode_strict"), loses=("1.2/a", "1.2/b"), verdicts=(Verdict.FAILED,), message="was left out"
)


@pytest.mark.parametrize(
    ("report", "fault"),
    [
        (checked({"a": "it was left out"}, ("b",)), "it does not lose 1.2/b"),
        (checked({"a": "it was left out", "b": "", "c": "x | y"}), "it loses 1.2/c, which it must not: x | y"),
        (checked({"a": "see above", "b": "see below"}), "no message says 'was left out'"),
        (checked({}, ("a", "b")), "nothing has caught it"),
    ],
)
def test_a_judgement_says_what_is_wrong(report: Report, fault: str) -> None:
    """Too few checks lost, too many, none at all, or no message that names the mistake."""
    assert any(fault in sentence for sentence in judge(WRONG, report))


def test_a_judgement_needs_words_for_a_misconception() -> None:
    """A specimen of that kind without words, or with one alone, is a fault itself."""
    report = checked({"a": "it was left out", "b": "7"})
    assert judge(WRONG, report) == ()
    for words in ("", "7"):
        assert "must name the mistake" in judge(replace(WRONG, message=words), report)[0]


def test_what_a_specimen_leaves_as_a_stub_is_not_written() -> None:
    """Its own verdicts are for the tasks of its modules; the others must be found to be stubs."""
    planted = specimen.load("hangs_at_import")
    checks = (_check("1.2/a", Verdict.NOT_WRITTEN, ""), _check("5.5/b", Verdict.TIMEOUT, "importing"))
    report = replace(checked({}), checks=(checks[0], replace(checks[1], task="5.5")))
    assert judge(planted, report) == ()
    report = replace(report, checks=tuple(replace(c, verdict=Verdict.TIMEOUT) for c in report.checks))
    assert judge(planted, report) == ("1.2/a is TIMEOUT, not NOT_WRITTEN",)


def test_a_judgement_finds_a_wrong_verdict_and_a_correct_one_that_loses() -> None:
    """TIMEOUT where FAILED must be; a correct one that lost a point, whatever its file says."""
    slow = replace(WRONG, verdicts=(Verdict.TIMEOUT,))
    assert "1.2/a is FAILED, not TIMEOUT" in judge(slow, checked({"a": "was left out", "b": ""}))
    fine = replace(WRONG, kind="correct", loses=(), message="")
    assert judge(fine, checked({}, ("a", "b"))) == ()
    assert "it is correct, and must lose nothing" in judge(fine, checked({"a": ""}))


def test_calibration_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults of specimens and checks that caught nothing are told together; a few specimens prove no check."""
    monkeypatch.setattr(calibration, "planned", lambda: {"1.1/x", "5.5/the_range_of_16_bits"})
    monkeypatch.setattr(specimen, "names", lambda: ["subnormals_out_of_range"])
    result = calibration.calibrate(["subnormals_out_of_range"], fast=True, isolation="none", jobs=1)
    assert result.faults == ("check 1.1/x has caught no planted mistake",)
    assert result.trials[0].naming is not None
    assert result.trials[0].lost_points("5.5") == 0.6
    assert result.trials[0].lost_points("1.1") is None
    monkeypatch.setattr(specimen, "names", lambda: NAMES)
    assert calibration.calibrate(["subnormals_out_of_range"], fast=True, isolation="none", jobs=1).faults == ()
