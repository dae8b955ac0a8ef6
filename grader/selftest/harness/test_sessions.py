"""A student's day in a terminal of 80 columns, kept as text in sessions/.

`WRITE_SESSIONS=1 python -m pytest grader/selftest/harness/test_sessions.py` writes what is shown now: read the
difference. Escapes of a terminal stand as `\\e`; seconds and the handout's lines are left out.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pexpect
import pytest

from grader.files import PROJECT
from grader.proofs import specimen
from grader.selftest.harness.test_student_view import clone

__all__ = ["clone"]

PYTEST = ("-m", "pytest", "-p", "no:cacheprovider")
MISTAKES = {
    "1.2": "ties_first_seen",
    "2.3": "exponent_from_a_logarithm",
    "3.1": "strides_of_the_first_dimension",
    "4.1": "multiply_add_is_one",
    "5.1": "timing_without_synchronize",
}
"""One of each part."""


def compare(name: str, shown: str) -> None:
    """Hold what was shown against what is kept under a name."""
    kept = Path(__file__).with_name("sessions") / f"{name}.txt"
    if "WRITE_SESSIONS" in os.environ:
        kept.write_text(shown, encoding="utf-8")
    assert shown == kept.read_text(encoding="utf-8")


@pytest.fixture
def day(clone: Path) -> Path:
    """The folders that a student has, with stubs, and the handout."""
    shutil.copy(PROJECT / "handout.md", clone)
    return clone


def typed(folder: Path, *arguments: str, colour: bool = False) -> str:
    """What a terminal shows when that is run with Python there."""
    environment = {**os.environ, "TERM": "xterm" if colour else "dumb", "PYTHONPATH": "", "PYTEST_ADDOPTS": ""}
    environment |= {} if colour else {"NO_COLOR": "1"}
    shown, status = pexpect.run(
        f"{sys.executable} {' '.join(arguments)}",
        timeout=120,
        withexitstatus=True,
        cwd=str(folder),
        env=environment,
        dimensions=(24, 80),
    )
    text = re.sub(r"[^\n]*\r", "", shown.decode().replace("\r\n", "\n"))  # what is written over, as on a screen
    text = re.sub(r"handout\.md:\d+", "handout.md:_", text)
    text = re.sub(
        r"in \d+\.\d+s( \([\d:]+\))?", "in _ s", text.replace("\x1b", "\\e").replace(str(folder), "FOLDER")
    )
    lines = [
        re.sub(r"^(\S*)=+ (.*in _ s\S*) .*=+(\S*)$", r"\1== \2 ==\3", line.rstrip()) for line in text.splitlines()
    ]
    return "\n".join([f"$ python {' '.join(arguments)}", *lines, f"exit status {status}\n"])


def plant(day: Path, *names: str) -> None:
    """Put the reference in the place of the stubs, with these mistakes."""
    shutil.copytree(PROJECT / "grader" / "reference", day / "assignment", dirs_exist_ok=True)
    for name in names:
        for path in (specimen.FOLDER / name).glob("*.py"):
            with (day / "assignment" / path.name).open("a", encoding="utf-8") as file:
                file.write("\n\n" + path.read_text(encoding="utf-8"))


def test_the_first_run(day: Path) -> None:
    """Stubs, in colour and without."""
    compare("stubs", typed(day, *PYTEST))
    compare("stubs_in_colour", typed(day, *PYTEST, "--part", "2", colour=True))


def test_one_step_after_the_other(day: Path) -> None:
    """The next check alone, with hints; then a mistake in it; then hand in."""
    shown = [typed(day, *PYTEST, "--next", "--hint", "1")]
    plant(day, "ties_first_seen")
    shown += [typed(day, *PYTEST, "--next", "--task", "1.2", "--hint", "3")]
    shown += [typed(day, "-m", "tests.submit")]
    compare("steps", "\n".join(shown))


def test_a_mistake_in_each_part(day: Path) -> None:
    """Five diagnoses, and the board."""
    plant(day, *MISTAKES.values())
    tasks = [f"--task={task}" for task in MISTAKES]
    compare("mistakes", typed(day, *PYTEST, *tasks))
    compare("mistakes_in_colour", typed(day, *PYTEST, *tasks[3:], colour=True))


def test_a_part_that_is_right(day: Path) -> None:
    """Nothing but the board."""
    plant(day)
    compare("right", typed(day, *PYTEST, "--part", "3", "-q"))
