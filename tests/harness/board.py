"""The board at the end of a run: one line a task, with points and what is missing, and a line for all of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.files import write_whole
from tests.harness.checks import Outcome
from tests.harness.outcomes import Verdict
from tests.harness.plan import Part
from tests.harness.tasks import CHOSEN, TASKS, added, plain

WORDS = {Verdict.SKIPPED: "not judged"}
"""Verdicts that the board has other words for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a task is done, or several.

    `there` are the points of public checks, and of hidden ones that ran; `hidden` those of all others. `words` say
    what is missing, and are none when all that ran was passed.
    """

    earned: float
    there: float
    hidden: float
    words: tuple[str, ...]


def lines(outcomes: Sequence[Outcome], plan: Mapping[str, Part]) -> list[str]:
    """One line for each task of which something ran, in order, and one for all tasks, optional ones apart.

    `plan` are the public checks that there are. Where hidden ones ran, too, they are counted with them.
    """
    shown = by_task(outcomes, plan)
    said = [f"{task}  {TASKS[task].name}  {_said(standing)}" for task, standing in shown.items()]
    if any(not TASKS[task].optional for task in shown):
        apart = ", optional tasks apart" * any(TASKS[task].optional for task in shown)
        said.append(f"all  {_said(total(outcomes, plan))}{apart}")
    return said


def _said(standing: Standing) -> str:
    state = f": {', '.join(standing.words)}" if standing.words else ""
    rest = f" (hidden checks hold {plain(standing.hidden)} more)" if standing.hidden > 0 else ""
    return f"{plain(standing.earned)}/{plain(standing.there)} points{state}{rest}"


def by_task(outcomes: Sequence[Outcome], plan: Mapping[str, Part]) -> dict[str, Standing]:
    """Each task of which something ran, in order, and where it stands."""
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.check.task, []).append(outcome)
    return {task: _standing(task, found[task], plan.get(task, Part())) for task in sorted(found, key=_order)}


def _standing(task: str, outcomes: Sequence[Outcome], part: Part) -> Standing:
    earned, there, missing = _sums(outcomes, part)
    counts = Counter(outcome.verdict for outcome in outcomes)
    words = [
        f"{n} {WORDS.get(verdict, verdict.value.lower().replace('_', ' '))}"
        for verdict, n in counts.items()
        if not verdict.earns
    ]
    if counts[Verdict.NOT_WRITTEN] == len(outcomes):
        waits = sorted({_awaited(outcome) for outcome in outcomes} - {task})
        words = [f"waits for {' and '.join(waits)}" if waits else "not written"]
    words += sorted({outcome.message for outcome in outcomes if outcome.verdict is Verdict.SKIPPED})
    if missing:
        words.append(f"{missing} not run")
    return Standing(earned, there, added([TASKS[task].points, -there]), tuple(words))


def _awaited(outcome: Outcome) -> str:
    """The task whose stub a check came to: its own, or another whose functions the student's own code calls."""
    named = re.match(r"not written: 'Task (\d\.\d):", outcome.message)
    return named[1] if named else outcome.check.task


def kept(file: str | None, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """These outcomes, and before them those of a file that have no newer one, which it then keeps all together."""
    if not file:
        return [*outcomes]
    newer = {outcome.check.id for outcome in outcomes}
    both = [*(outcome for outcome in earlier(file) if outcome.check.id not in newer), *outcomes]
    write_whole(Path(file), json.dumps([outcome.told() for outcome in both]).encode())
    return both


def earlier(file: str | None) -> list[Outcome]:
    """The outcomes that a file keeps; those of tasks that are no more are left out.

    Raises:
        ValueError: it is another file, or can't be read, or its folder is not there.
    """
    path = Path(file) if file else None
    if path is None or (path.parent.is_dir() and not path.exists()):
        return []
    try:
        outcomes = [Outcome.of(row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}") from None
    except (AttributeError, LookupError, TypeError, ValueError):
        raise ValueError(f"{path} is no file of outcomes: name another, or one that is not there yet") from None
    return [outcome for outcome in outcomes if outcome.check.task in TASKS]


def summed(outcomes: Sequence[Outcome], tasks: Collection[str] = tuple(CHOSEN.tasks)) -> list[str]:
    """The tasks that a total is about: these, or the optional ones that ran where none of these did."""
    ran = dict.fromkeys(outcome.check.task for outcome in outcomes)
    return [*tasks] if not ran or ran.keys() & {*tasks} else [*ran]


def total(
    outcomes: Sequence[Outcome], plan: Mapping[str, Part], tasks: Collection[str] = tuple(CHOSEN.tasks)
) -> Standing:
    """The sum over tasks, those of which nothing ran among them; others are not counted."""
    sums = [_sums([o for o in outcomes if o.check.task == task], plan.get(task, Part())) for task in tasks]
    earned, there, missing = (added(each) for each in zip(*sums, strict=True))
    hidden = added([*(TASKS[task].points for task in tasks), -there])
    return Standing(earned, there, hidden, (f"{plain(missing)} not run",) if missing else ())


def _sums(outcomes: Sequence[Outcome], part: Part) -> tuple[float, float, int]:
    """Points earned, points there are (public ones, and hidden ones that ran), public checks that did not run."""
    public = [outcome for outcome in outcomes if not outcome.check.hidden]
    hidden = [outcome.check.points for outcome in outcomes if outcome.check.hidden]
    there = added([max(part.points, added(outcome.check.points for outcome in public)), *hidden])
    earned = added(outcome.check.points for outcome in outcomes if outcome.verdict.earns)
    return earned, there, max(part.checks - len(public), 0)


def _order(task: str) -> tuple[int, ...]:
    return tuple(int(number) for number in task.split("."))
