"""The page as HTML: it loads nothing and runs nothing. What others wrote is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from tests.harness import board
from tests.harness.board import Standing
from tests.harness.checks import Outcome
from tests.harness.outcomes import Verdict
from tests.harness.plan import Part
from tests.harness.tasks import CHOSEN, TASKS, anchor
from tests.harness.text import one_line, visible
from tests.pages.pictures import Made
from tests.pages.run import Result, Run

STYLE = Path(__file__).with_name("page.css")
QUIET = (Verdict.SKIPPED, Verdict.NOT_WRITTEN)
"""What the board tells; there is no diagnosis of it."""


def document(run: Run, plan: Mapping[str, Part], pictures: Sequence[Made], *, handout: str, made: str) -> str:
    """The whole page. `handout` is where links to it lead, `made` the time that is told."""
    outcomes = [result.outcome for result in run.results]
    all_tasks = board.total(outcomes, plan, board.summed(outcomes))
    lost = [result for result in run.results if not result.outcome.verdict.earns]
    failing = [result for result in lost if result.outcome.verdict not in QUIET]
    title = f"{_points(all_tasks)} public points"
    ways = f'<a href="#failing">{_counted(len(failing), "failing check")}</a> · <a href="#pictures">pictures</a>'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{STYLE.read_text("utf-8")}</style>
</head>
<body>
<main>
<header>
<h1>{title}</h1>
<div class="bar"><span style="width: {_percent(all_tasks):.1f}%"></span></div>
<p class="soft">Hidden checks hold {all_tasks.hidden:g} more.
Made on {made} by <code>python -m tests.page</code>.</p>
<p>{ways}</p>
{_problem(run)}</header>
{_board(run, plan, all_tasks, handout)}
<section id="failing">
<h2>Failing checks</h2>
{"".join(_failing(failing, handout)) or _nothing(run, bool(lost))}</section>
<section id="pictures">
<h2>Pictures</h2>
<p class="soft">Drawn from what your own functions answer.</p>
{"".join(_figure(each, handout) for each in pictures)}</section>
</main>
</body>
</html>
"""


def _problem(run: Run) -> str:
    if not run.problem:
        return ""
    said = f"<pre>{_escaped(run.output)}</pre>\n" if run.output else ""
    return f'<p class="problem">{_escaped(one_line(run.problem))}</p>\n{said}'


def _board(run: Run, plan: Mapping[str, Part], all_tasks: Standing, handout: str) -> str:
    outcomes = [result.outcome for result in run.results]
    rows = []
    for part, tasks in groupby(board.by_task(outcomes, plan).items(), lambda entry: entry[0].split(".")[0]):
        ran = [outcome for outcome in outcomes if outcome.check.task.split(".")[0] == part]
        usual = [task for task in CHOSEN.tasks if task.split(".")[0] == part]
        whole = board.total(ran, plan, board.summed(ran, usual))
        rows.append(_row(f'<th scope="rowgroup">Part {part}</th>', whole, "part"))
        rows += [_row(_task(task, standing, handout), standing) for task, standing in tasks]
    return f"""<section>
<h2>Board</h2>
<table>
<thead><tr><th scope="col">Task</th><th scope="col">Points</th><th scope="col">Hidden points</th></tr></thead>
<tbody>
{"".join(rows)}</tbody>
<tfoot>
{_row(f'<th scope="row">{_whole(outcomes)}{_state(all_tasks.words)}</th>', all_tasks)}</tfoot>
</table>
</section>"""


def _whole(outcomes: Sequence[Outcome]) -> str:
    """What the last row is about."""
    optional = {TASKS[outcome.check.task].optional for outcome in outcomes}
    apart = "<small>optional ones apart</small>" * (True in optional)
    return "Optional tasks that ran" if optional == {True} else f"All tasks{apart}"


def _row(head: str, standing: Standing, kind: str = "") -> str:
    of_kind = f' class="{kind}"' if kind else ""
    points = _points(standing).replace(" of ", " / ")
    return f"<tr{of_kind}>{head}<td>{points}</td><td>{standing.hidden:g}</td></tr>\n"


def _task(task: str, standing: Standing, handout: str) -> str:
    state = _state(standing.words) or '<small class="done">all passed</small>'
    return f'<th scope="row">{_chapter(task, handout)}{state}</th>'


def _state(words: Sequence[str]) -> str:
    return f"<small>{_escaped(', '.join(words))}</small>" if words else ""


def _chapter(task: str, handout: str) -> str:
    """A link to the chapter of a task."""
    place = html.escape(f"{handout}#{anchor(TASKS[task].heading)}")
    return f'<a href="{place}">{task} {html.escape(TASKS[task].name)}</a>'


def _failing(results: Iterable[Result], handout: str) -> Iterable[str]:
    order = list(TASKS)
    by_task = sorted(results, key=lambda result: order.index(result.outcome.check.task))
    for task, found in groupby(by_task, lambda result: result.outcome.check.task):
        yield f"<h3>{_chapter(task, handout)}</h3>\n"
        yield from map(_check, found)


def _check(result: Result) -> str:
    check, verdict = result.outcome.check, result.outcome.verdict
    worth = f"worth {check.points:g} point{'s' * (check.points != 1)}"
    printed = "".join(
        f'<p class="soft">{_escaped(name)}</p>\n<pre>{_escaped(text)}</pre>\n' for name, text in result.printed
    )
    return f"""<article>
<h4>{_escaped(one_line(check.title))}</h4>
<p class="soft"><span class="verdict">{verdict.value}</span> · {worth} · {_escaped(one_line(check.id))}</p>
<pre>{_escaped(result.shown)}</pre>
{printed}</article>
"""


def _nothing(run: Run, left: bool) -> str:
    why = " among those that ran" if run.problem else ": what is left is not written yet" if left else ""
    return f"<p>None{why}.</p>\n"


def _figure(made: Made, handout: str) -> str:
    picture = made.picture
    caption = re.sub(r"`([\w./]+)`", r"<code>\1</code>", html.escape(picture.caption))
    kind = "scroll many" if made.svg.count("<svg ") > 1 else "scroll"
    label = html.escape(picture.title)
    shown = f'<div class="{kind}" tabindex="0" role="group" aria-label="{label}">{made.svg}</div>'
    return f"""<figure>
<figcaption><h3>{label}</h3>
<p class="soft">{_chapter(picture.task, handout)}. {caption}</p></figcaption>
{shown if made.svg else f"<p>{_escaped(one_line(made.words))}</p>"}
</figure>
"""


def _points(standing: Standing) -> str:
    return f"{standing.earned:g} of {standing.there:g}"


def _percent(standing: Standing) -> float:
    return 100 * standing.earned / standing.there if standing.there else 0


def _counted(n: int, what: str) -> str:
    return f"{n or 'no'} {what}{'s' * (n != 1)}"


def _escaped(text: str) -> str:
    """Text that others wrote.

    >>> _escaped("<b>\\x1b")
    '&lt;b&gt;\\\\x1b'
    """
    return html.escape(visible(text))
