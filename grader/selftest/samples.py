"""Each page that the project writes, of results that nobody had: as full as pages get, while nothing is graded."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from grader.cohort import Solution, Student, class_html, enroll, histories, opened, override, similar, similar_html
from grader.cohort import write_students as write_pages_of_students
from grader.delivery.page import page as handout_page
from grader.files import PROJECT
from grader.making import stubs
from grader.model import CheckResult, Feedback, Limits, Report, Verdict
from grader.proofs import Calibration, Trial, specimen
from grader.proofs.mutation import Row
from grader.proofs.mutation import Trial as Tried
from grader.reports import calibration_html, mutation_html, to_html
from grader.selftest.cohort.stores import attempt, graded
from tests.harness import plan
from tests.harness.checks import Check, Outcome
from tests.harness.expect import Failure, expect
from tests.harness.tasks import TASKS
from tests.pages.document import document
from tests.pages.pictures import make
from tests.pages.run import Result, Run

WORD = "a_name_that_goes_on_without_a_space_" * 6
"""Nothing breaks it but a page that can."""

LONG = f"{WORD} and words that can be broken, 日本語, \u202e and \x1b[31m, <b>which are shown as they are</b>"
STUDENTS = 12
WORTH = 2.0
LOST = (
    Verdict.FAILED,
    Verdict.CRASHED,
    Verdict.TIMEOUT,
    Verdict.NOT_WRITTEN,
    Verdict.MEMORY,
    Verdict.OUTPUT,
    Verdict.SKIPPED,
)


def diagnosis(words: str = "") -> str:
    """What a check says that was lost, with the values and the difference of the two."""
    with pytest.raises(Failure) as caught:
        expect(list(range(900)), [*range(450), 0, *range(450)], words or LONG)
    return f"train_bpe('{'x' * 200}', 300, [{', '.join(map(repr, TASKS))}])\n{caught.value}"


def checks(chance: random.Random, *, faulty: bool = False) -> Iterator[CheckResult]:
    """Some of each task, most of them passed; of each verdict and of each level of feedback there are some."""
    planted = specimen.load("accents_kept")
    said = {name: planted.message for name in planted.loses if "/" in name}
    number = count()
    for task in TASKS:
        for name in (
            *(name for name in said if name.startswith(f"{task}/")),
            f"{task}/{WORD}",
        ):
            n = next(number)
            verdict = Verdict.PASSED if chance.random() < 0.5 else LOST[n % len(LOST)]
            verdict = Verdict.GRADER_FAULT if faulty and n == 7 else verdict
            level = list(Feedback)[n // 2 % len(Feedback)] if n % 2 else None
            points, message = (WORTH, "") if verdict.earns else (0.0, diagnosis(said.get(name, "")))
            yield CheckResult(
                name, task, f"{name}: {LONG}", verdict, points, WORTH, message, bool(n % 2), 0.25, level
            )


def report(seed: int, problem: str | None = None, *, faulty: bool = False) -> Report:
    """Of a submission with a long name, of which there is something to note."""
    found = () if problem else tuple(checks(random.Random(seed), faulty=faulty))
    isolation = "none" if faulty else "bwrap"
    return Report(f"{LONG}.zip", "0" * 64, "0.0.0", isolation, found, problem, (f"left out: {LONG}",) * 2, (LONG,))


def of_a_class(folder: Path) -> Iterator[tuple[str, str]]:
    """The page of a class, and of students who have nothing, everything there is, all points, and a fault."""
    ids = [f"{n:03}-{WORD if n == 1 else 'ann'}" for n in range(STUDENTS)]
    with opened(folder / "class.db", new=True) as store, store.together():
        enroll(store, [Student(id_, f"Ann {LONG if n < 2 else 'Lee'}", "", "") for n, id_ in enumerate(ids)])
        for n, id_ in enumerate(ids[2:], 2):
            day = f"2027-04-{10 + n % 12}T10:00:00+00:00"
            attempt(store, id_, f"digest{n - n % 3}", day)  # three of a group have the same
        for n in range(0, STUDENTS, 3):
            graded(store, f"digest{n}", report(n))
        for n in range(3):
            attempt(store, ids[1], f"tried{n}", f"2027-04-1{n}T10:00:00+00:00", LONG if n == 1 else None)
            graded(store, f"tried{n}", report(n))
        attempt(store, ids[5], "failed", "2027-04-29T10:00:00+00:00")
        graded(store, "failed", None, fault=f"the grader failed: {LONG}")
        for task in list(TASKS)[:3]:
            override(store, ids[1], task, 1.5, LONG, "Lee")
        for task in TASKS:
            override(store, ids[2], task, 100, "it is all right", "Lee")
        found = histories(store)
        yield "class", class_html(store, found, "last", "pages/")
    write_pages_of_students(folder / "pages", [found[0], found[1], found[2], found[5]], "last", "the handout")
    pages = sorted((folder / "pages").glob("student-*.html"))
    yield from zip(
        ("student without", "student with all", "student without loss", "student of a fault"),
        (path.read_text(encoding="utf-8") for path in pages),
        strict=True,
    )


def of_similar_code() -> Iterator[tuple[str, str]]:
    """Two who share two modules, of which one has lines that are too long, and who is left out."""
    first, second, *_ = (
        {path.stem: path.read_text(encoding="utf-8") for path in (specimen.FOLDER / name).glob("*.py")}
        for name in ("correct_naive", "correct_numpy")
    )
    code = {
        name: f"# {LONG}\n{(stubs.REFERENCE / f'{name}.py').read_text(encoding='utf-8')}"
        for name in ("bpe", "views")
    }
    class_ = {f"ann-{WORD}": code, f"bob-{WORD}": code, f"cat-{WORD}": {"bpe": "x = 1\n" * 50_000}}
    found = similar(
        [Solution(name, code, name) for name, code in class_.items()],
        independent={"first": first, "second": second},
    )
    assert found.pairs
    yield "similar code", similar_html(found)


def of_proofs() -> Iterator[tuple[str, str]]:
    """Planted submissions by tasks, with faults, and what became of mutants."""
    names = [name for name in specimen.names() if specimen.load(name).kind in ("correct", "misconception")]
    trials = [Trial(specimen.load(name), report(n), (LONG,) * (n == 1)) for n, name in enumerate(names[::100])]
    trials.append(Trial(specimen.load("accents_kept"), report(1), ()))
    yield "calibration", calibration_html(Calibration(tuple(trials), (f"1.1/{WORD}",)))
    diff = f"--- bpe.py\n+++ bpe.py\n-    return {WORD}\n+    return {LONG}\n"
    survivor = Tried("key", "bpe", f"train_{WORD}", diff, "survived", f"1.2/{WORD}", 1.0)
    modules = dict.fromkeys(task.module for task in TASKS.values())
    rows = [Row(module, 40, 2, 30, 4, (survivor,) * (module == "bpe")) for module in modules]
    yield "mutation", mutation_html(rows)


def of_a_student(folder: Path) -> Iterator[tuple[str, str]]:
    """The board that students make for themselves, with each picture, and the one of a run that broke."""
    for name, place in (("tests", "tests"), ("assignment", "grader/reference")):
        (folder / name).symlink_to(PROJECT / place)
    results = []
    for check in checks(random.Random(0)):
        known = Check(check.id, check.task, check.title, check.max_points, False, Feedback.FULL, Limits())
        outcome = Outcome(known, check.verdict, check.message, check.wall_s)
        results.append(Result(outcome, check.message, (("stdout", LONG * 9),) * (not check.verdict.earns)))
    public = plan.public(PROJECT / "tests")
    told = {"handout": "handout.html", "made": "2027-04-10 10:00"}
    yield "board", document(Run(results), public, make(folder, list(TASKS)), **told)
    broken = Run(problem=f"The run stopped: {LONG}", output=diagnosis())
    yield "board of a broken run", document(broken, public, [], **told)


def written() -> dict[str, str]:
    """All pages, by what they are."""
    failed = report(2, faulty=True)
    with tempfile.TemporaryDirectory(prefix="grader-test-") as folder:
        return {
            "report": to_html(report(1)),
            "report of a fault": to_html(replace(failed, checks=failed.checks[:9])),
            "report of a problem": to_html(report(3, f"no assignment/ with files, but {LONG}")),
            "handout": handout_page((PROJECT / "handout.md").read_text(encoding="utf-8"), PROJECT),
            **dict(of_a_class(Path(folder))),
            **dict(of_similar_code()),
            **dict(of_proofs()),
            **dict(of_a_student(Path(folder))),
        }
