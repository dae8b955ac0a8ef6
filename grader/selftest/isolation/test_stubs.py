"""A module that is our stub is spared its process, and is told of as if it had one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.files import PROJECT
from grader.grading import Options, grade
from grader.isolation import ladder
from grader.isolation.stubs import UntouchedBackend, says
from grader.model import Verdict
from tests.harness.outcomes import StudentError
from tests.harness.tasks import TASKS

MODULES = sorted({task.module for task in TASKS.values()})


@pytest.fixture
def handed_out(folder: Path) -> Path:
    """A submission in which nothing was written."""
    shutil.copytree(PROJECT / "assignment", folder / "assignment", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize("module", MODULES)
def test_all_stubs_are_known(handed_out: Path, module: str) -> None:
    """Each function says what it raises, whatever ends the lines."""
    said = says(handed_out, module)
    assert said
    assert all(f" in assignment/{module}.py" in text for text in said.values())
    file = handed_out / "assignment" / f"{module}.py"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert says(handed_out, module) == said


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("bpe.py", b"\n"),
        ("bpe.py", b"from .words import train_bpe\n"),
        ("__init__.py", b"from . import mine\n"),
        ("__init__.py", None),
        ("bpe.py", None),
    ],
)
def test_what_was_touched_is_run(handed_out: Path, file: str, text: bytes | None) -> None:
    """A line is enough, also in what is imported before; and so is a file that is not there."""
    path = handed_out / "assignment" / file
    if text is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes() + text)
    assert says(handed_out, "bpe") == {}


@pytest.mark.parametrize("name", ["bpe/__init__.py", "bpe.cpython-311-x86_64-linux-gnu.so", "bpe.pyc"])
def test_what_python_would_import_instead_is_run(handed_out: Path, name: str) -> None:
    """Beside the stub."""
    path = handed_out / "assignment" / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    assert says(handed_out, "bpe") == {}
    assert says(handed_out, "words")


@pytest.mark.skipif(ladder.problem("bwrap") is not None, reason="bubblewrap does not work here")
def test_it_is_told_of_in_the_same_words(handed_out: Path) -> None:
    """As of one that has a process, since a line of it was touched."""
    tasks = ("1.2", "2.2", "2.5", "5.1")
    spared = grade(handed_out, Options(tasks, isolation="bwrap"))
    for task in tasks:
        with (handed_out / "assignment" / f"{TASKS[task].module}.py").open("a", encoding="utf-8") as file:
            file.write("# touched\n")
    run = grade(handed_out, Options(tasks, isolation="bwrap"))
    assert [(c.id, c.verdict, c.message) for c in spared.checks] == [
        (c.id, c.verdict, c.message) for c in run.checks
    ]
    assert {check.verdict for check in run.checks} == {Verdict.NOT_WRITTEN}


def test_what_else_is_asked_begins_a_process(handed_out: Path) -> None:
    """With the files that were given before, where they would have been."""

    class Begun:
        """Notes its files."""

        def __init__(self) -> None:
            self.files: dict[str, bytes] = {}

        def file(self, name: str, content: bytes) -> str:
            """Keep one."""
            self.files[name] = content
            return f"/in/{name}"

        def used_mib(self) -> float:
            """Some."""
            return 7.0

    begun = Begun()
    backend = UntouchedBackend(says(handed_out, "bpe"), "/in", lambda: begun)  # type: ignore[arg-type, return-value]
    assert backend.file("a.txt", b"a") == "/in/a.txt"
    with pytest.raises(StudentError, match=r"Task 1\.2: train_bpe in assignment/bpe\.py") as raised:
        backend.invoke("bpe.train_bpe", None, ["/in/a.txt"], {}, False)
    assert raised.value.kinds[0] == "NotImplementedError"
    assert backend.begun is None
    assert backend.used_mib() == 7
    assert begun.files == {"a.txt": b"a"}
