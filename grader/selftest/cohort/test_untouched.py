"""Modules that are still their stubs get what the stubs get, and that is what each of them would get."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from grader.cohort import untouched
from grader.cohort.untouched import graded_once
from grader.grading import Options, grade
from grader.making import stubs
from grader.model import Report, Verdict
from grader.proofs import classes, specimen
from grader.selftest.conftest import needs_sandbox
from tests.harness.tasks import TASKS
from tests.submit import archived

MODULES = sorted({task.module for task in TASKS.values()})
CHOSEN = ("1.1", "2.1", "3.1", "4.1")


def without_times(report: Report) -> Report:
    """What may not differ."""
    return replace(report, checks=tuple(replace(check, wall_s=0.0) for check in report.checks))


@pytest.mark.parametrize(
    "module",
    [name if n % 8 == 0 else pytest.param(name, marks=pytest.mark.thorough) for n, name in enumerate(MODULES)],
)
def test_a_stub_gets_the_same_whatever_stands_beside_it(module: str, tmp_path: Path) -> None:
    """Of all modules, one isn't written: its checks don't depend on what the others are."""
    tasks = tuple(task.id for task in TASKS.values() if task.module == module)
    options = Options(tasks=tasks, isolation="none")
    alone = specimen.compose(specimen.load("untouched"), tmp_path / "stubs")
    beside = specimen.compose(specimen.load("reference"), tmp_path / "reference")
    (beside / "assignment" / f"{module}.py").write_text(stubs.build()[f"{module}.py"], encoding="utf-8")
    found = [grade(each, options) for each in (alone, beside)]
    assert {check.verdict for report in found for check in report.checks} == {Verdict.NOT_WRITTEN}
    assert [(check.id, check.message) for check in found[0].checks] == [
        (check.id, check.message) for check in found[1].checks
    ]


@pytest.mark.parametrize(
    ("beside", "alike"),
    [
        ({}, {"1.1", "4.1"}),
        ({"flops/__init__.py": "x = 1\n"}, {"1.1"}),
        ({"flops.abi3.so": "x"}, {"1.1"}),
        ({"flops.pyc": "x"}, {"1.1"}),
        ({"__init__/a.py": "x = 1\n"}, set()),
        ({"helper.py": "x = 1\n"}, set()),
        ({"helper.py": "x = 1\n", "words.py": "x = 1\n"}, {"4.1"}),
        ({"words.py": "\ufeffx = 1\n"}, {"4.1"}),
        ({"bpe.py": "import ctypes\n"}, set()),
    ],
)
def test_what_would_be_imported_in_its_place_makes_a_stub_none(beside: dict[str, str], alike: set[str]) -> None:
    """A folder of the same name, a compiled file; and what stands beside stubs alone is looked at."""
    files = {f"assignment/{name}": text.encode() for name, text in stubs.build().items()}
    assert untouched.untouched(archived(files), ("1.1", "4.1")) == {"1.1", "4.1"}
    files |= {f"assignment/{name}": text.encode() for name, text in beside.items()}
    assert untouched.untouched(archived(files), ("1.1", "4.1")) == alike


@needs_sandbox
@pytest.mark.parametrize("what", ["half", "untouched", "broken", "reference", "bare", "words_split_at_spaces"])
def test_the_report_is_the_same(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for times, and what is graded once is not graded again."""
    if what == "untouched":
        specimen.compose(specimen.load(what), tmp_path / "in")
    else:
        classes.compose(classes.Member(5, "Ada Bell", what), tmp_path / "in")
    archive = Path(shutil.make_archive(str(tmp_path / "s"), "zip", tmp_path / "in"))
    options = Options(tasks=CHOSEN)
    expected = grade(archive, options)
    asked: Counter[str] = Counter()

    def counted(path: Path, options: Options, *more: object) -> Report:
        asked.update(options.tasks)
        return grade(path, options)

    monkeypatch.setattr(untouched, "grade", counted)
    for _ in range(2):
        assert without_times(graded_once(archive, options)) == without_times(expected)
    alike = untouched.untouched(archive.read_bytes(), CHOSEN)
    assert alike == {"half": {*CHOSEN[1:]}, "untouched": {*CHOSEN}}.get(what, set())
    assert all(asked[task] <= 1 for task in alike)
