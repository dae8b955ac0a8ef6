"""The recorded cases: right, told from known mistakes, and not those that hidden checks try."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from grader.proofs import answers, specimen
from tests import recorded
from tests.harness.tasks import TASKS

RECORDED = sorted(path.stem for path in recorded.ANSWERS.glob("*.txt"))


@pytest.mark.parametrize("task", RECORDED)
def test_the_reference_answers_as_recorded(task: str) -> None:
    """Case by case, and no known mistake does."""
    cases = recorded.read(task)
    called = [(task, case.path, case.arguments, case.named, case.answer) for case in cases]
    given = answers.answers("reference", called)
    assert len(cases) >= 9
    for case, answer in zip(cases, given, strict=True):
        assert answer is not None
        assert answers.alike(case.path, ast.literal_eval(answer), case.answer), case
        assert not any(answers.alike(case.path, wrong, case.answer) for wrong in case.mistakes.values()), case


@cache
def misconceptions() -> list[specimen.Specimen]:
    """All that are planted."""
    return [each for each in map(specimen.load, specimen.names()) if each.kind == "misconception"]


@pytest.mark.parametrize("task", RECORDED)
def test_each_sentence_names_a_planted_mistake_of_the_task(task: str) -> None:
    """A known mistake's words are those by which it is told elsewhere."""
    words = [each.message for each in misconceptions() if each.modules == {TASKS[task].module}]
    for case in recorded.read(task):
        assert all(any(each in said for each in words) for said in case.mistakes), case


def test_the_table_of_mistakes_is_what_was_planted() -> None:
    """Sentences, and the public checks that each fails: it is made anew where a specimen changes."""
    assert (recorded.ANSWERS / "mistakes.json").read_text(encoding="utf-8") == answers.mistakes()


def test_cases_are_not_those_that_checks_try_by_themselves(tmp_path: Path) -> None:
    """Shown on one task: no recorded input is one that its checks ask for."""
    root = specimen.compose(specimen.load("reference"), tmp_path)
    lines = answers.recorded(root, 0, ("grader/hidden",), "4.3")
    known = {tuple(map(repr, ast.literal_eval(line)[1:4])) for line in lines}
    assert len(known) > 20
    ours = {tuple(map(repr, (case.path, case.arguments, case.named))) for case in recorded.read("4.3")}
    assert not ours & known
