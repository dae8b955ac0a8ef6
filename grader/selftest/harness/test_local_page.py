"""What `python -m tests.page` writes for a student: whole, by itself, and whatever the student's code does."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from grader.files import PROJECT
from grader.making import stubs
from grader.selftest.pages import Page, anchors
from tests.harness.checks import Check, Outcome
from tests.harness.outcomes import Feedback, Limits, Verdict
from tests.harness.plan import Part
from tests.harness.tasks import TASKS
from tests.page import main
from tests.pages.document import document
from tests.pages.pictures import PICTURES, Made, make
from tests.pages.run import Result, Run

WRITTEN = {
    "1.2": "train_bpe",
    "1.5": "token_counts",
    "2.3": "float_format",
    "3.1": "contiguous_strides",
    "4.6": "bandwidth",
}
"""The tasks of pictures, and the function that each asks first."""

MISTAKES = {
    "words.py": """
        def split_words(text):
            print("<script>alert(1)</script> \\x1b[2J")
            return ["<script>\\x1b\\x07\\r", text]
    """,
    "floats.py": "import os\nos._exit(0)\n",
    "errata.py": "def f(:\n",
    "transfers.py": "def bandwidth(link):\n    return 900 * 10**9\n",
}
"""Text that stands below the reference's, of which `errata.py` is no Python any more."""

DIES = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
HANGS = "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0)\ntime.sleep(600)\n"
"""Past what the harness can stop."""


def clone(root: Path, *, reference: bool, more: dict[str, str]) -> Path:
    """The folders that a student has, with text below that of some files."""
    for name in ("tests", "fixtures"):
        shutil.copytree(PROJECT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", root)
    if reference:
        shutil.copytree(PROJECT / "grader" / "reference", root / "assignment")
    else:
        (root / "assignment").mkdir()
        for name, text in stubs.build().items():
            (root / "assignment" / name).write_text(text, encoding="utf-8")
    for name, text in more.items():
        with (root / "assignment" / name).open("a", encoding="utf-8") as file:
            file.write("\n\n" + re.sub(r"^        ", "", text, flags=re.MULTILINE))
    return root


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a clone: the exit status, and the page."""

    status: int
    text: str


CLONES: dict[str, tuple[bool, dict[str, str], tuple[str, ...]]] = {
    "reference": (True, {}, ("2.1", *WRITTEN)),
    "stubs": (False, {}, ("1.1", *WRITTEN)),
    "mistakes": (True, MISTAKES, ("1.1", "2.3", "4.6", "5.5")),
    "hangs": (True, {"words.py": HANGS}, ("1.1",)),
    "dies": (True, {"words.py": DIES}, ("1.1",)),
    "broken": (False, {"../tests/test_4_broken.py": "1 / 0"}, ("4.4",)),
}
"""Whether a clone holds the reference, what is added to files, and the tasks that are run."""


@pytest.fixture(scope="module")
def started(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[dict[str, Future[Written]], Future[list[Made]]]]:
    """All of them at once, and pictures of a clone of which hardly any can be drawn."""
    folders = {name: tmp_path_factory.mktemp(name) for name in (*CLONES, "pictures")}

    def written(name: str) -> Written:
        reference, more, tasks = CLONES[name]
        root = clone(folders[name], reference=reference, more=more)
        status = main(["--task", *tasks], root, silence_s=4 if name == "hangs" else 300)
        return Written(status, (root / "board.html").read_text("utf-8"))

    def drawn() -> list[Made]:
        raises = "def bandwidth(link):\n    raise KeyError('<b>\\x1b')\n"
        more = {"views.py": HANGS, "floats.py": DIES, "transfers.py": raises}
        return make(clone(folders["pictures"], reference=True, more=more), WRITTEN, wall_s=8)

    with ThreadPoolExecutor(3) as pool:
        pictures = pool.submit(drawn)
        yield {name: pool.submit(written, name) for name in CLONES}, pictures


@pytest.fixture(scope="module")
def pages(started: tuple[dict[str, Future[Written]], object]) -> dict[str, Written]:
    """What came of each clone."""
    return {name: future.result() for name, future in started[0].items()}


@pytest.mark.parametrize("name", CLONES)
def test_the_page_stands_by_itself(pages: dict[str, Written], name: str) -> None:
    """Every tag is closed, nothing is loaded or run, no command to a terminal is in it, and no link is dead."""
    page = pages[name]
    built = Page(page.text, r"src=|url\(|@import|<script|<link|http:|https:")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", page.text)
    within, handout = anchors((PROJECT / "handout.md").read_text("utf-8")), 0
    for link in built.links:
        target, _, place = link.partition("#")
        assert place in (within if target else built.identifiers), link
        assert target in ("", "handout.html"), link
        handout += target != ""
    assert handout or name in ("dies", "hangs", "broken"), "they have no task to tell of"


def test_each_task_has_a_chapter() -> None:
    """The page links to it by a heading that it makes up from the task."""
    headings = re.findall(r"^## (Task .+)$", (PROJECT / "handout.md").read_text("utf-8"), re.MULTILINE)
    assert headings == [task.heading for task in TASKS.values()]


def test_stubs_are_told_in_few_words(pages: dict[str, Written]) -> None:
    """No failure, no picture, and what is to be written for one."""
    page = pages["stubs"]
    assert page.status == 0
    assert page.text.count("<small>not written</small>") == 1 + len(WRITTEN)
    assert "what is left is not written yet" in page.text
    assert "<svg" not in page.text
    for task, name in WRITTEN.items():
        assert f"Not written yet: Task {task}, {name}." in page.text


def test_the_reference_has_every_picture(pages: dict[str, Written]) -> None:
    """Each says what is seen, to those who can't see it; its colours are the page's."""
    page = pages["reference"]
    assert page.status == 0
    assert "no failing checks" in page.text
    assert "/ 49</td><td>51</td>" in page.text
    drawn = re.findall(r'<svg role="img" aria-label="([^"]+)"', page.text)
    assert len(drawn) == page.text.count("<svg") == len(PICTURES) + 2, "strides have three panels"
    assert all(len(words.split()) > 15 for words in drawn)
    assert not re.search(r'<(rect|text|polyline|circle)[^>]*(fill|stroke)="', page.text)
    assert "prefers-color-scheme: dark" in page.text


def test_a_mistake_is_a_diagnosis(pages: dict[str, Written]) -> None:
    """As pytest shows it, escaped, with what was printed; what keeps a file from being imported is told once."""
    page = pages["mistakes"]
    assert page.status == 0
    plain = html.unescape(page.text)
    assert re.search(r"split_words\(.*\)\n  expected  .*\n  got       .*<script>.*\n", plain)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\x1b[2J" in page.text
    assert "it ended its process with status 0, as os._exit does" in page.text
    assert page.text.count("def f(:") == 1
    assert "SyntaxError: &#x27;invalid syntax&#x27; (see above)" in page.text
    assert "/ 3</td><td>3</td>" in page.text


def test_a_wrong_function_has_a_sentence_in_the_place_of_its_picture(pages: dict[str, Written]) -> None:
    """It says what the function gave, and not what it must give."""
    page = pages["mistakes"]
    assert (
        "Not right yet: bandwidth(&#x27;H100 memory&#x27;) gives 900000000000, and the handout shows" in page.text
    )
    assert "Not right yet: float_format(3, 2): it ended its process with status 0" in page.text
    assert "<svg" not in page.text


def test_a_run_that_breaks_is_told(pages: dict[str, Written]) -> None:
    """A page says so, and names the check; the exit status is 1."""
    page = pages["dies"]
    assert page.status == 1
    said = r'<p class="problem">The run stopped in tests/test_1_1_words.py::test_\w+: its process ended .*</p>'
    assert re.search(said, page.text)
    assert "None among those that ran." in page.text
    page = pages["hangs"]
    assert page.status == 1
    assert re.search(r'<p class="problem">The run was stopped .*: nothing came for 4 seconds', page.text)
    assert "Traceback" not in page.text


def test_no_picture_breaks_another(started: tuple[object, Future[list[Made]]]) -> None:
    """One hangs, one dies, one raises; the fourth is drawn."""
    made = {each.picture.task: each for each in started[1].result()}
    assert made["1.2"].svg
    assert made["2.3"].words == "There is no picture: its process ended by the signal SIGKILL."
    assert made["3.1"].words == "There is no picture: it took too long."
    assert made["4.6"].words.startswith("Not right yet: bandwidth('H100 memory'): KeyError")


def test_optional_tasks_alone_have_a_total_of_their_own() -> None:
    """It says so, and no total counts usual tasks, of which none ran."""
    task = next(task.id for task in TASKS.values() if task.optional)
    check = Check(f"{task}/x", task, "It counts", 1, False, Feedback.FULL, Limits())
    optional = Result(Outcome(check, Verdict.PASSED, "", 0.1), "", ())
    usual = replace(optional, outcome=replace(optional.outcome, check=replace(check, id="1.1/x", task="1.1")))
    plan = {task: Part(1, 1.0), "1.1": Part(1, 1.0)}
    alone = document(Run([optional]), plan, [], handout="", made="")
    assert "<h1>1 of 1 public points</h1>" in alone
    assert '<th scope="row">Optional tasks that ran</th><td>1 / 1</td>' in alone
    both = document(Run([optional, usual]), plan, [], handout="", made="")
    assert '<th scope="row">All tasks<small>optional ones apart</small></th>' in both
    assert "<h1>1 of 1 public points</h1>" in both


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    """In a clone, without this project on the path. A wrong task or place is a sentence, and no traceback."""
    root = clone(tmp_path / "course", reference=False, more={})
    environment = {**os.environ, "PYTHONPATH": "", "PYTEST_ADDOPTS": "--no-such-option"}

    def command(*arguments: str) -> tuple[int, str]:
        asked = [sys.executable, "-m", "tests.page", *arguments]
        done = subprocess.run(asked, cwd=root, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    (tmp_path / "pages").mkdir()
    assert command("--task", "4.4", "--out", "../pages/b.html") == (0, "wrote ../pages/b.html\n")
    assert 'href="../course/handout.html#task-44-' in (tmp_path / "pages" / "b.html").read_text("utf-8")
    status, said = command("--task", "9.9")
    assert (status, "Traceback" in said) == (2, False)
    assert "invalid choice: '9.9'" in said
    status, said = command("--task", "4.4", "--out", "nowhere/b.html")
    assert (status, "there is no folder nowhere" in said) == (2, True)


def test_a_run_that_can_not_begin_is_told(pages: dict[str, Written]) -> None:
    """Here a file of checks is broken: the page shows what pytest says of it."""
    page = pages["broken"]
    assert page.status == 1
    assert '<p class="problem">No check could run: its process ended with exit status 2.</p>' in page.text
    assert "ZeroDivisionError" in page.text
