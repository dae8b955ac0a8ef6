"""Each sentence of the handout that promises something has a check that holds it, and a mistake that breaks it.

`promises/part_N.toml` lists them, one entry a sentence::

    [[promise]]
    task = "1.2"
    sentence = "as it stands in the handout, with single blanks"
    checks = ["1.2/..."]
    specimens = ["..."]

or `why_not = "..."` instead of checks and specimens where a sentence promises nothing that a check could hold.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from grader.files import PROJECT
from grader.proofs import specimen
from grader.proofs.calibration import planned
from grader.selftest.pages import chapters
from tests.harness.tasks import CHOSEN, TASKS

FILES = sorted(Path(__file__).with_name("promises").glob("part_*.toml"))
PROMISES = [promise for file in FILES for promise in tomllib.loads(file.read_text(encoding="utf-8"))["promise"]]
WORDS = re.compile(
    r"\b(exact(ly)?|laz(y|ily)|any|whatever|never|every|always|as (large|many|few|deep) as|in good time"
    r"|at (most|least|once))\b"
)
EXPLAINS = re.compile(r"### (The idea|Worked by hand|Misconceptions)")
"""Headings of what explains and promises nothing."""


def sections(*, tables: bool) -> dict[str, list[str]]:
    """Of each task the text below each of its headings, with single blanks and without code; {task: texts}."""
    found: dict[str, list[str]] = {}
    for task, chapter in chapters().items():
        plain = chapter if tables else re.sub(r"^\|.*\n", "", chapter, flags=re.MULTILINE)
        texts = re.split(r"^(?=### )", plain, flags=re.MULTILINE)
        found[task] = [" ".join(text.split()) for text in texts]
    return found


SECTIONS = sections(tables=True)
WITHOUT_TABLES = sections(tables=False)


@pytest.fixture(scope="module")
def everything() -> set[str]:
    """The ids of all checks."""
    return planned()


@pytest.mark.parametrize("task", TASKS)
def test_every_word_that_promises_stands_in_a_listed_sentence(task: str) -> None:
    """Words such as *any*, *never* and *exactly*, in what specifies a task."""
    listed = [promise["sentence"] for promise in PROMISES if promise["task"] == task]
    unlisted = []
    for text in WITHOUT_TABLES[task]:
        spans = [(at, at + len(each)) for each in listed for at in [text.find(each)] if at >= 0]
        for word in WORDS.finditer(text) if not EXPLAINS.match(text) else ():
            if not any(start <= word.start() and word.end() <= end for start, end in spans):
                unlisted.append(text[max(word.start() - 60, 0) : word.end() + 60])
    assert unlisted == []


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: f"{promise['task']}: {promise['sentence'][:40]}")
def test_a_promise_is_held_by_a_check_that_a_mistake_loses(promise: dict[str, Any], everything: set[str]) -> None:
    """Its sentence is in the handout, its checks and specimens exist, and each of these loses one of those."""
    assert any(promise["sentence"] in text for text in SECTIONS[promise["task"]])
    if "why_not" in promise:
        assert promise.keys() == {"task", "sentence", "why_not"}
        return
    assert promise.keys() == {"task", "sentence", "checks", "specimens"}
    assert promise["checks"]
    assert promise["specimens"]
    assert set(promise["checks"]) <= everything
    for name in promise["specimens"]:
        assert specimen.must_lose(specimen.load(name), promise["checks"]), name


STATEMENTS = re.findall(
    r"^\| ([12]) \| (.+?) \| (.+?) \|$",
    (PROJECT / "docs" / "classes.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
"""What the two classes say: (class, statement, checks)."""


@pytest.mark.parametrize(("class_", "statement", "checks"), STATEMENTS, ids=[words for _, words, _ in STATEMENTS])
def test_a_statement_of_the_classes_is_graded(
    class_: str, statement: str, checks: str, everything: set[str]
) -> None:
    """By checks that there are, of a part that belongs to its class; each is lost by a planted mistake."""
    names = set(checks.split(", "))
    assert names <= everything
    assert {name[0] == "1" for name in names} == {class_ == "1"}, statement


ADDED = re.findall(
    r"^\| (\d\.\d) \| (.+?) \| (.+?) \|$",
    (PROJECT / "docs" / "classes.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
"""What optional tasks add: (task, statement, checks)."""


def test_each_optional_task_says_what_it_adds(everything: set[str]) -> None:
    """By checks of its own that there are."""
    named = [(task, name) for task, _, checks in ADDED for name in checks.split(", ")]
    assert {name for _, name in named} <= everything
    assert all(name.startswith(f"{task}/") for task, name in named)
    assert {task for task, _ in named} == TASKS.keys() - CHOSEN.tasks.keys()


def test_each_task_is_about_a_statement_of_the_classes() -> None:
    """No usual task is about something that neither class says."""
    assert {name.partition("/")[0] for _, _, checks in STATEMENTS for name in checks.split(", ")} == set(
        CHOSEN.tasks
    )
    assert len({statement for _, statement, _ in STATEMENTS}) == len(STATEMENTS) > 50
