"""Writes a new task: reference, checks, chapter, planted submissions, and its lines in the lists of tasks.

What is written works as it is, with an example in the place of the task; a line with the word WRITE says what to
put there. `making/templates/` holds the texts, in which `$name` and the like stand for what is told.
"""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from grader.errors import GraderFault, UsageError
from grader.files import CHECKOUT, PROJECT, write_atomically
from tests.harness.contract import RETURNS
from tests.harness.tasks import TASKS, TENSORS, anchor

TEMPLATES = Path(__file__).with_name("templates")
MARK = "WRITE:"
"""Stands in every line that is to be replaced."""

WRITTEN = (
    "handout.md",
    "tests/*.py",
    "tests/harness/*.py",
    "grader/reference/*.py",
    "grader/hidden/*.py",
    "grader/specimens/*/*.*",
)
"""Where such lines may stand."""


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be: its number, the function that it asks for, and the module that holds it.

    Raises:
        UsageError: there is such a task or function already, or a name or number is none.
    """

    id: str
    name: str
    module: str
    title: str
    points: int

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[1-9]\.[1-9]\d?", self.id):
            raise UsageError(f"{self.id!r} is no number of a task; write a part and a place in it, like 1.6")
        if self.id in TASKS:
            raise UsageError(f"there is a task {self.id} already: {TASKS[self.id].title}")
        for name in (self.name, self.module):
            if not re.fullmatch("[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
                raise UsageError(f"{name!r} is no name of a function or module; write one like count_bytes")
        if f"{self.module}.{self.name}" in RETURNS:
            raise UsageError(f"there is a function {self.name!r} in {self.module!r} already")
        if not self.title.strip() or set(self.title) & set('\n"\\()$'):
            raise UsageError(f"the title {self.title!r} must be one line without quotation marks or parentheses")
        if self.points < 1:
            raise UsageError(f"a task is worth a point or more, not {self.points}")

    @property
    def joins(self) -> bool:
        """Whether its module is there already."""
        return self.module in {task.module for task in TASKS.values()}

    def text(self, template: str) -> str:
        """A template, filled in."""
        half = self.points / 2
        return Template((TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")).substitute(
            task=self.id,
            name=self.name,
            module=self.module,
            title=self.title,
            title_lower=self.title[0].lower() + self.title[1:],
            points=self.points,
            noun="point" if self.points == 1 else "points",
            half=f"{half:g}",
            half_noun="point" if half == 1 else "points",
            quarter=f"{half / 2:g}",
        )


@dataclass(frozen=True, slots=True)
class Written:
    """Files of a task, by their paths in the project."""

    new: tuple[str, ...]
    changed: tuple[str, ...]


def write(task: NewTask, project: Path = PROJECT) -> Written:
    """Write all that a task has into the project, and give the files that are new or changed.

    Raises:
        UsageError: a file of that name is there already, or this is no checkout; nothing was written.
        GraderFault: a list of tasks doesn't look as it should; nothing was written.
    """
    if not CHECKOUT:
        raise UsageError("a new task needs a checkout of the course; this grader was installed without one")
    made = dict(_new(task))
    for name in made:
        if (project / name).exists():
            raise UsageError(f"there is a file {name} already; choose another name")
    changed = dict(_changed(task, project))
    for name, text in {**made, **changed}.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(project / name, text)
    subprocess.run([sys.executable, "-m", "grader", "stubs"], cwd=project, check=True, stdout=subprocess.DEVNULL)
    (changed if task.joins else made)[f"assignment/{task.module}.py"] = ""
    return Written(tuple(sorted(made)), tuple(sorted(changed)))


def left(project: Path = PROJECT) -> list[str]:
    """Each place that is still to be written, as `file:line: what`."""
    found = []
    for path in (path for pattern in WRITTEN for path in sorted(project.glob(pattern))):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if MARK in line:
                what = line.partition(MARK)[2].strip(' |->"*')
                found.append(f"{path.relative_to(project).as_posix()}:{number}: {what}")
    return found


def _new(task: NewTask) -> Iterator[tuple[str, str]]:
    """The files that are new."""
    file = f"test_{task.id.replace('.', '_')}_{task.name}.py"
    yield f"tests/{file}", task.text("public")
    yield f"grader/hidden/{file}", task.text("hidden")
    checks = [task.name, f"nothing_and_much_of_{task.name}", f"{task.name}_of_any_size"]
    mistakes = [
        ("first_mistake", checks, "n was counted once"),
        ("second_mistake", checks[1:2], "0 was counted as 1"),
    ]
    for mistake, loses, message in mistakes:
        folder = f"grader/specimens/{task.name}_{mistake}"
        yield f"{folder}/{task.module}.py", task.text(mistake)
        lost = "".join(f'    "{task.id}/{check}",\n' for check in loses)
        yield (
            f"{folder}/specimen.toml",
            (
                f'kind = "misconception"\nsentence = "{MARK} what one believes who makes this mistake."\n'
                f'loses = [\n{lost}]\nmessage = "{message}"\n'
            ),
        )
    if not task.joins:
        yield f"grader/reference/{task.module}.py", task.text("module") + task.text("function")
        for way in ("another_way", "a_third_way"):
            folder = f"grader/specimens/{task.name}_{way}"
            yield f"{folder}/{task.module}.py", task.text(way)
            sentence = f'sentence = "{MARK} what is different in this solution."'
            yield f"{folder}/specimen.toml", f'kind = "correct"\n{sentence}\nbase = "replaced"\nloses = []\n'


def _changed(task: NewTask, project: Path) -> Iterator[tuple[str, str]]:
    """The files that are there, with the task in them."""

    def edited(name: str, *insertions: tuple[str, str]) -> tuple[str, str]:
        whole = (project / name).read_text(encoding="utf-8")
        for pattern, text in insertions:
            place = re.search(pattern, whole, re.MULTILINE)
            if place is None:
                raise GraderFault(f"{name} has no place for a task: nothing there is like {pattern!r}")
            whole = whole[: place.start()] + text + whole[place.start() :]
        return name, whole

    following = [known for known in TASKS if _order(known) > _order(task.id)]
    tensors = any((known.module, known.packages) == (task.module, TENSORS) for known in TASKS.values())
    packages = ", TENSORS" * tensors
    entry = (
        f'        Task("{task.id}", "{task.title}", "{task.module}", {task.points}{packages}, optional=True),\n'
    )
    before = rf'^        Task\("{re.escape(following[0])}"' if following else r"^    \)\n\}"
    yield edited("tests/harness/tasks.py", (before, entry))
    returns = f'    "{task.module}.{task.name}": int,  # {MARK} what it returns.\n'
    yield edited("tests/harness/contract.py", (r"^\}$", returns))
    yield edited("handout.md", *_in_the_handout(task, following))
    if task.joins:
        yield edited(f"grader/reference/{task.module}.py", (r"\Z", task.text("function")))
        for number, path in enumerate(sorted((project / "grader" / "specimens").glob(f"*/{task.module}.py"))):
            if 'base = "replaced"' in path.with_name("specimen.toml").read_text(encoding="utf-8"):
                way = task.text(("another_way", "a_third_way")[number % 2])
                yield edited(path.relative_to(project).as_posix(), (r"\Z", "\n\n" + way))


def _in_the_handout(task: NewTask, following: list[str]) -> Iterator[tuple[str, str]]:
    """Its row and link in the contents, and its chapter: before what, and the text."""
    chapter = task.text("chapter")
    row = f"| [{task.id} {task.title}][{task.id}] | {task.points}, optional | 1 |\n"
    link = f"[{task.id}]: #{anchor(chapter.partition(chr(10))[0].removeprefix('## '))}\n"
    if following:
        after = re.escape(following[0])
        yield from [(rf"^\| \[{after} ", row), (rf"^\[{after}\]: ", link), (rf"^## Task {after}:", chapter)]
    else:
        yield from [(r"^\n\[1\.1\]: ", row), (r"^\n## How to work", link), (r"\Z", f"\n{chapter.rstrip()}\n")]


def _order(task: str) -> tuple[int, ...]:
    return tuple(map(int, task.split(".")))
