"""The board at the end of a run: one line a task, with points and what is missing, and a line for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.harness.checks import Outcome
from tests.harness.outcomes import Verdict
from tests.harness.plan import Part
from tests.harness.tasks import TASKS


def lines(outcomes: Sequence[Outcome], plan: Mapping[str, Part]) -> list[str]:
    """One line for each task of which something ran, in order, and one for all tasks.

    `plan` are the public checks that there are. Where hidden ones ran, too, they are counted with them.
    """
    by_task: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_task.setdefault(outcome.check.task, []).append(outcome)
    if not by_task:
        return []
    shown = [_line(task, by_task[task], plan.get(task, Part())) for task in sorted(by_task, key=_order)]
    return [*shown, _total(outcomes, plan)]


def _line(task: str, outcomes: Sequence[Outcome], part: Part) -> str:
    earned, there, missing = _sums(outcomes, part)
    hidden = TASKS[task].points - there
    rest = f" (hidden checks hold {hidden:g} more)" if hidden > 0 else ""
    counts = Counter(outcome.verdict for outcome in outcomes)
    words = [
        f"{n} {verdict.value.lower().replace('_', ' ')}" for verdict, n in counts.items() if not verdict.earns
    ]
    if counts[Verdict.NOT_WRITTEN] == len(outcomes):
        words = ["not written"]
    if counts[Verdict.SKIPPED]:
        words += sorted({outcome.message for outcome in outcomes if outcome.verdict is Verdict.SKIPPED})
    if missing:
        words.append(f"{missing} not run")
    state = f": {', '.join(words)}" if words else ""
    return f"{task}  {TASKS[task].title}  {earned:g}/{there:g} points{state}{rest}"


def _total(outcomes: Sequence[Outcome], plan: Mapping[str, Part]) -> str:
    ran = {outcome.check.task for outcome in outcomes}
    sums = [_sums([o for o in outcomes if o.check.task == task], plan.get(task, Part())) for task in {*plan, *ran}]
    earned, there, missing = (sum(each) for each in zip(*sums, strict=True))
    hidden = sum(task.points for task in TASKS.values()) - there
    words = f": {missing} not run" if missing else ""
    rest = f" (hidden checks hold {hidden:g} more)" if hidden > 0 else ""
    return f"all  {earned:g}/{there:g} points{words}{rest}"


def _sums(outcomes: Sequence[Outcome], part: Part) -> tuple[float, float, int]:
    """Points earned, points there are (public ones, and hidden ones that ran), public checks that did not run."""
    public = [outcome for outcome in outcomes if not outcome.check.hidden]
    hidden = sum(outcome.check.points for outcome in outcomes if outcome.check.hidden)
    there = max(part.points, sum(outcome.check.points for outcome in public)) + hidden
    earned = sum(outcome.check.points for outcome in outcomes if outcome.verdict.earns)
    return earned, there, max(part.checks - len(public), 0)


def _order(task: str) -> tuple[int, ...]:
    return tuple(int(number) for number in task.split("."))
