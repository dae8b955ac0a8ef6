"""`pytest --hint N`: for the first check that is not passed, the idea, the place, and what to do.

Nothing here is worked out from a solution: the first two steps point into the handout, the third tells what else
fails the same checks, as far as it is known (`fixtures/answers/mistakes.json`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from tests.harness.checks import NO_PYTHON, Outcome
from tests.harness.contract import RETURNS
from tests.harness.outcomes import Verdict
from tests.harness.tasks import TASKS

STEPS = 3
MOST = 4
"""Known mistakes that are named."""


def lines(outcomes: Sequence[Outcome], root: Path, steps: int) -> list[str]:
    """The first so many steps for the first outcome that earns nothing; none where all do, or no hint is known."""
    order = {task: place for place, task in enumerate(TASKS)}
    undone = [o for o in outcomes if not o.verdict.earns and o.verdict is not Verdict.SKIPPED]
    if not undone:
        return ["hint    nothing is left: each check that ran is passed"] if outcomes else []
    first = min(undone, key=lambda outcome: order[outcome.check.task])
    failed = {outcome.check.id for outcome in undone}
    towards = [
        ("the idea", _idea(first, root)),
        ("the place", _place(first, root)),
        ("what to do", *_todo(first, failed, root)),
    ]
    rows = (_unread(first) or towards)[:steps]
    shown = [
        f"hint {step}  {word:<12}{line}"
        for step, (name, *told) in enumerate(rows, 1)
        for word, line in zip([name, *[""] * len(told)], told, strict=False)
    ]
    more = f"{' ' * 20}--task {first.check.task} --hint {steps + 1} tells more"
    return [f"hint    {first.check.id}: {first.check.title}", *shown, *([more] if steps < STEPS else [])]


def _unread(outcome: Outcome) -> list[tuple[str, ...]]:
    """The steps where a file can't be imported, which has little to do with the task; none where it can."""
    found = re.search(r"\n  got {7}(\w+): .*\n  at {8}(\S+:\d+)( in <module>)?", outcome.message)
    if not found or (found[1] not in NO_PYTHON and not found[3]):
        return []
    if found[1] in NO_PYTHON:
        todo = "read this line and the one above: a bracket, quote or colon is missing, or the indent is another"
    else:
        todo = "this line runs while the file is imported: mend it, or move it into a function"
    return [
        ("the idea", "the file can't be imported, so that none of its functions can be called: mend this first"),
        ("the place", f"assignment/{found[2]}"),
        ("what to do", todo),
    ]


def _idea(outcome: Outcome, root: Path) -> str:
    task = outcome.check.task
    return f"handout.md:{_line_of(root, task, '### The idea')}, and the example worked by hand below it"


def _place(outcome: Outcome, root: Path) -> str:
    task, name = TASKS[outcome.check.task], called(outcome)
    line = _line_of(root, task.id, f"`{name}(" if name else "### Specification")
    return f"{name or 'a function'} in assignment/{task.module}.py; its specification is handout.md:{line}"


def _todo(outcome: Outcome, failed: set[str], root: Path) -> list[str]:
    if outcome.verdict is Verdict.NOT_WRITTEN:
        return ["solve the example on paper, and write down each step that you take: these are your code"]
    known = likely(outcome.check.id, failed, json.loads(_read(root, "fixtures/answers/mistakes.json") or "{}"))
    return [
        "work the call above by hand, print what your code has at each step, and find the first that differs",
        *(f"others who fail here: {sentence}" for sentence in known),
    ]


def likely(check: str, failed: set[str], known: dict[str, list[str]]) -> list[str]:
    """Mistakes that fail a check, those first which fail the same checks of its task.

    >>> likely("1.2/a", {"1.2/a", "1.2/b"}, {"One.": ["1.2/a"], "Both.": ["1.2/a", "1.2/b"], "Other.": ["1.2/b"]})
    ['Both.', 'One.']
    """
    task = check.partition("/")[0]
    same = {each for each in failed if each.startswith(f"{task}/")}
    fits = {
        sentence: len(same & {*checks}) / len(same | {*checks})
        for sentence, checks in known.items()
        if check in checks
    }
    return sorted(fits, key=lambda sentence: -fits[sentence])[:MOST]


def called(outcome: Outcome) -> str:
    """The function that a diagnosis begins with, without its class; empty where it names none of the task's."""
    named = re.match(r"(?:not written: 'Task \d\.\d: )?([\w.]+)(?:\(| in assignment/)", outcome.message)
    names = {path.split(".")[-1] for path in RETURNS if path.startswith(f"{TASKS[outcome.check.task].module}.")}
    name = named[1].split(".")[-1] if named else ""
    return name if name in names else ""


def _line_of(root: Path, task: str, text: str) -> int:
    """Where a task's chapter first has a text, or else begins; 1 where there is no such chapter."""
    handout = _read(root, "handout.md").splitlines()
    start = next((n for n, line in enumerate(handout) if line.startswith(f"## Task {task}:")), 0)
    end = next((n for n in range(start + 1, len(handout)) if handout[n].startswith("## ")), len(handout))
    return 1 + next((n for n in range(start, end) if text in handout[n] and "import" not in handout[n]), start)


def _read(root: Path, name: str) -> str:
    """A file of the release; empty where somebody has deleted it."""
    try:
        return (root / name).read_text(encoding="utf-8")
    except OSError:
        return ""
