"""What a course leaves of the handout, the README and the public checks.

Nothing here knows a task by itself: headings, rows, links and marks bear the tasks' numbers, and by these it goes.
"""

from __future__ import annotations

import ast
import json
import re
import textwrap
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import replace
from itertools import pairwise

from grader.course import Course, due, weights
from grader.files import json_lines
from tests.harness.tasks import TASKS, Task, added, anchor, in_points, plain

AWAY = "A number without a link, such as {}, is that of a task which this course leaves out."
OPTIONAL = r"\s+A\s+task\s+that\s+is\s+marked\s+as\s+\*optional\*[^.]*[.]"
"""What the whole handout says of optional tasks; in a course's, no task is one."""

WIDTH = 120
"""Characters of a line."""

CODE = re.compile(r"^( *```.*?^ *```\n)", re.MULTILINE | re.DOTALL)


def handout(text: str, course: Course) -> str:
    """The handout with the course's chapters, its title, its points, and when it is due."""
    tasks = _tasks(course)
    first, *chapters = re.split(r"^(?=## Task )", text, flags=re.MULTILINE)
    held = [_chapter(each, course, tasks) for each in chapters if _number(each) in tasks]
    begins = _board(examples(_contents(first, tasks), tasks), course, tasks)
    whole = _unlinked(begins + "".join(held), tasks)
    return _dated(_titled(whole, course), course, "## Contents\n")


def readme(text: str, course: Course) -> str:
    """The README with the course's title, number of tasks and points, and when it is due."""
    tasks = _tasks(course)
    places = {anchor(task.heading): task.id for task in TASKS.values()}

    def link(found: re.Match[str]) -> str:
        task = places[found[2]]
        return f"[{found[1]}](handout.md#{anchor(tasks[task].heading)})" if task in tasks else found[1]

    chapter = re.compile(rf"\[([^\]]+)\]\(handout\.md#({'|'.join(places)})\)")
    paragraphs = []
    for paragraph in text.split("\n\n"):
        named = [places[place] for _, place in chapter.findall(paragraph)]
        if not named or tasks.keys() & named:  # else it is about tasks alone that are left out
            paragraphs.append(chapter.sub(link, paragraph))
    count = f"{len(tasks)} task{'s' * (len(tasks) != 1)}, {in_points(course.total)}"
    counted = re.sub(r"\d+ tasks, [\d.]+ points", count, "\n\n".join(paragraphs))
    counted = re.sub(r"^Tokenizers,.* and timings(?=:)", about(tasks), counted, flags=re.MULTILINE)
    one = r"^Tasks (?:(\[\S+\)) and [\d.]+|[\d.]+ and (\[\S+\))) use$"  # of the two, the course has one
    counted = re.sub(one, lambda found: f"Task {found[1] or found[2]} uses", counted, flags=re.MULTILINE)
    if "1.2" not in tasks:
        counted = re.sub(r",\s+such\s+as\s+the\s+merges\s+that\s+`train_bpe`\s+learns", "", counted)
    counted = examples(counted, tasks)
    return _dated(_titled(counted, course), course, "```sh\npython -m tests.submit ")


PARTS = {"1": "tokenizers", "2": "bytes", "3": "views", "4": "FLOPs", "5": "timings"}
"""What each part is about."""


def about(tasks: Collection[str]) -> str:
    """What these tasks are about, as a README begins.

    >>> about(["1.1", "3.4", "3.5", "4.1"]), about(["4.2"])
    ('Tokenizers, views and FLOPs', 'FLOPs')
    """
    *others, last = dict.fromkeys(PARTS[task[0]] for task in tasks if task[0] in PARTS)
    said = f"{', '.join(others)} and {last}" if others else last
    return f"{said[0].upper()}{said[1:]}"


def examples(text: str, tasks: Collection[str]) -> str:
    """The text with options that name a task or a part of the course, where they name another one.

    >>> examples("--task 1.2, --part 1, --part 3", ["3.4"])
    '--task 3.4, --part 3, --part 3'
    """
    first, parts = next(iter(tasks)), {task[0] for task in tasks}
    text = re.sub(r"(?<=--task )\d[.]\d", lambda found: found[0] if found[0] in tasks else first, text)
    return re.sub(r"(?<=--part )\d", lambda found: found[0] if found[0] in parts else first[0], text)


def _board(text: str, course: Course, tasks: Mapping[str, Task]) -> str:
    """The handout's line of a board, of a task that the course has."""
    line = re.compile(r"^(\d[.]\d)  .*: 3 failed \(hidden .*\)$", re.MULTILINE)
    found = line.search(text)
    if not found or (course.unweighed and found[1] in tasks):  # no points were changed
        return text
    worth = [task for task in tasks.values() if task.points]
    task = next((task for task in worth if task.id == found[1]), worth[0])
    public, hidden = _halves(course, task)
    return line.sub(
        f"{task.id}  {task.title}  0/{plain(public)} points: 3 failed (hidden checks hold {plain(hidden)} more)",
        text,
    )


def checks(text: str, tasks: Set[str]) -> str:
    """A file of checks with those of some tasks, and with what these use; empty when it has none of them.

    >>> print(checks('A = 1\\n\\n\\n@points(1, task="1.1")\\ndef test_a(): A\\n\\n\\n'
    ...              '@points(1, task="1.2")\\ndef test_b(): 2\\n', {"1.2"}), end="")
    @points(1, task="1.2")
    def test_b(): 2
    """
    body = ast.parse(text).body
    marks = {node: mark for node in body if (mark := _mark(node))}
    if not tasks & {*marks.values()}:
        return ""
    gone: set[ast.stmt] = {node for node, mark in marks.items() if mark not in tasks}
    more = bool(gone)
    while more:  # what only they use goes with them, and what only that uses
        unused = _used(gone) - _used({*body} - gone)
        idle = {node for node in {*body} - gone if _defined(node) and _defined(node) <= unused}
        gone |= idle
        more = bool(idle)
    gone |= {after for before, after in pairwise(body) if before in gone and _is_text(after)}
    return _without(text, body, gone, _used(gone) - _used({*body} - gone))


def mistakes(text: str, tasks: Collection[str]) -> str:
    """The known mistakes of some tasks.

    >>> print(mistakes('{"one": ["1.1/a", "3.1/b"], "other": ["3.1/b"]}', ["1.1"]))
    {
     "one": ["1.1/a"]
    }
    <BLANKLINE>
    """
    held = {said: [c for c in checks if c.partition("/")[0] in tasks] for said, checks in json.loads(text).items()}
    return json_lines({said: checks for said, checks in held.items() if checks})


def _tasks(course: Course) -> dict[str, Task]:
    return {task: TASKS[task].worth(points) for task, points in course.points.items()}


def _number(chapter: str) -> str:
    return chapter.removeprefix("## Task ").partition(":")[0]


def _contents(text: str, tasks: Mapping[str, Task]) -> str:
    """What stands before the chapters: rows and links of the tasks, and their hours."""

    def row(found: re.Match[str]) -> str:
        task = found[1]
        return (
            f"{found[0][: found.start(2) - found.start()]}{plain(tasks[task].points)}{found[3]}"
            if task in tasks
            else ""
        )

    def link(found: re.Match[str]) -> str:
        return f"[{found[1]}]: #{anchor(tasks[found[1]].heading)}\n" if found[1] in tasks else ""

    text = re.sub(
        r"^\| \[(\d+\.\d+) .+\]\[\1\] \| ([\d.]+(?:, optional)?)( \| \S+ \|\n)", row, text, flags=re.MULTILINE
    )
    text = re.sub(r"^\[(\d+\.\d+)\]: #.+\n", link, text, flags=re.MULTILINE)
    text = re.sub(OPTIONAL, "", text)
    hours = added(float(each) for each in re.findall(r"^\| \[\d.+ \| (\S+) \|$", text, re.MULTILINE))
    about = 5 * round(hours / 5) if hours >= 20 else hours
    return re.sub(r"about\s\d+\sin\sall", f"about {about:g} in all", _clauses(text, tasks))


def _clauses(text: str, tasks: Collection[str]) -> str:
    """What holds for some tasks alone, said of those that are there.

    >>> said = "Floats may be off, but in Tasks [2.3], [2.5] and [2.6] they must be exact."
    >>> _clauses(said, ["2.3", "2.6"])
    'Floats may be off, but in Tasks [2.3] and [2.6] they must be exact.'
    >>> _clauses(said, ["2.5"])
    'Floats may be off, but in Task [2.5] they must be exact.'
    >>> _clauses(said, ["1.1"])
    'Floats may be off.'
    """

    def clause(found: re.Match[str]) -> str:
        there = [f"[{task}]" for task in re.findall(r"\d+\.\d+", found[2]) if task in tasks]
        named = " and ".join(filter(None, [", ".join(there[:-1]), *there[-1:]]))
        return f"{found[1]}in Task{'s' * (len(there) > 1)} {named}{found[3]}" if there else ""

    return re.sub(r"(,\s(?:and|but)\s)in\sTasks\s((?:\[\d\.\d\](?:,\s|\sand\s)?)+)([^.]*)", clause, text)


def _chapter(text: str, course: Course, tasks: Mapping[str, Task]) -> str:
    """A chapter with the course's points."""
    task = tasks[_number(text)]
    public, hidden = _halves(course, task)
    halves = f"*Public checks hold {in_points(public)}, hidden checks {plain(hidden)}"
    said = re.sub(r"\*Public checks hold \S+ points?, hidden checks \d+([.]\d+)?", halves, text, count=1)
    return f"## {task.heading}\n{said.partition(chr(10))[2]}"


def _halves(course: Course, task: Task) -> tuple[float, float]:
    """Points of a task's public checks, and of its hidden ones."""
    public = added(weights(replace(course, points={task.id: task.points}), hidden=False).values())
    return public, added([task.points, -public])


def _unlinked(text: str, tasks: Mapping[str, Task]) -> str:
    """The text without links to chapters that are left out; a sentence says so."""
    away = re.compile(rf"\[({'|'.join(re.escape(task) for task in TASKS if task not in tasks) or '$^'})\]")
    parts = CODE.split(text)
    found = [task for part in parts[::2] for task in away.findall(part)]
    parts[::2] = [away.sub(r"\1", part) for part in parts[::2]]
    whole = "".join(parts)
    return whole.replace("\n| task |", f"\n{AWAY.format(found[0])}\n\n| task |", 1) if found else whole


def _titled(text: str, course: Course) -> str:
    first, _, rest = text.partition("\n")
    title = ", ".join(filter(None, [course.title or first.removeprefix("# "), course.term]))
    return f"# {title}\n{rest}"


def _dated(text: str, course: Course, before: str) -> str:
    said = textwrap.fill(" ".join(due(course)), WIDTH)
    return text.replace(before, f"{said}\n\n{before}", 1) if said else text


def _mark(node: ast.stmt) -> str | None:
    """The task of a check, as its mark says."""
    for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "points":
            return next(str(ast.literal_eval(each.value)) for each in mark.keywords if each.arg == "task")
    return None


def _used(nodes: Iterable[ast.stmt]) -> set[str]:
    """What statements use: names, and arguments, which may be fixtures."""
    inner = [each for node in nodes for each in ast.walk(node)]
    names = {each.id for each in inner if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
    return names | {each.arg for each in inner if isinstance(each, ast.arg)}


def _defined(node: ast.stmt) -> set[str]:
    """What a statement at the top gives a name to; none for imports, of which a part may be used."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
    return set()


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _without(text: str, body: Iterable[ast.stmt], gone: Collection[ast.stmt], names: Collection[str]) -> str:
    """The text without some statements and the comments above them, and without imports of some names."""
    lines = text.splitlines()
    for node in reversed([*body]):
        start = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))]) - 1
        kept: list[str] = []
        if isinstance(node, ast.Import | ast.ImportFrom) and any(_bound(each) in names for each in node.names):
            node.names = [each for each in node.names if _bound(each) not in names]
            kept = [ast.unparse(node)] if node.names else []
        elif node not in gone:
            continue
        while lines[start - 1].startswith("#"):
            start -= 1
        lines[start : node.end_lineno] = kept
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip("\n") + "\n"


def _bound(name: ast.alias) -> str:
    return (name.asname or name.name).partition(".")[0]
