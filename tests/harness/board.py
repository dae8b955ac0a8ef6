"""The board at the end of a run: one line a task, with points and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.harness.checks import Outcome
from tests.harness.outcomes import Verdict
from tests.harness.tasks import TASKS


def lines(outcomes: Sequence[Outcome]) -> list[str]:
    """One line for each task that ran, in order."""
    by_task: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_task.setdefault(outcome.check.task, []).append(outcome)
    return [_line(task, by_task[task]) for task in sorted(by_task, key=_order)]


def _line(task: str, outcomes: Sequence[Outcome]) -> str:
    earned = sum(outcome.check.points for outcome in outcomes if outcome.verdict.earns)
    total = sum(outcome.check.points for outcome in outcomes)
    hidden = TASKS[task].points - total
    rest = f" (hidden checks hold {hidden:g} more)" if hidden > 0 else ""
    counts = Counter(outcome.verdict for outcome in outcomes)
    words = [
        f"{n} {verdict.value.lower().replace('_', ' ')}" for verdict, n in counts.items() if not verdict.earns
    ]
    if counts[Verdict.NOT_WRITTEN] == len(outcomes):
        words = ["not written"]
    state = f": {', '.join(words)}" if words else ""
    return f"{task}  {TASKS[task].title}  {earned:g}/{total:g} points{state}{rest}"


def _order(task: str) -> tuple[int, ...]:
    return tuple(int(number) for number in task.split("."))
