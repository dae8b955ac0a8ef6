"""What leaves follows the course file: the students' repository, proven, and what platforms are given."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.course import Course, read
from grader.delivery import release, tailored
from grader.delivery.builders import autolab, build_gradescope, build_vpl, prairielearn
from grader.delivery.proving import prove
from grader.errors import GraderFault
from grader.files import PROJECT
from grader.making import new_task, stubs
from grader.selftest.conftest import needs_sandbox
from grader.selftest.harness.test_student_view import run
from grader.selftest.making.test_new_task import copy
from grader.selftest.pages import anchors, links, without_code
from tests.harness.tasks import CHOSEN, TASKS

__all__ = ["copy"]
TWO_PARTS = """
title = "Words and views"
parts = [1, 3]
seed = "nobody may know this"
due = 2026-10-30T23:59:00+01:00
[points]
"1.2" = 40
[late]
percent_per_day = 10
"""
SHORT = 'tasks = ["3.1", "3.3"]\nfeedback = "input"\n[points]\n"3.1" = 0.1\n"3.3" = 9.77\n'


def course_file(folder: Path, text: str) -> Path:
    """A course file in a folder."""
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return folder / "course.toml"


def command(folder: Path, *args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the grader of a project."""
    words = [sys.executable, "-m", "grader", *map(str, args)]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    environment.pop("GRADER_COURSE")
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The students' repository of parts 1 and 3, written and proven by the command."""
    folder = tmp_path_factory.mktemp("course")
    file = course_file(folder, TWO_PARTS)
    done = command(PROJECT, "release", "--out", folder / "students", "--course", file)
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"by the course file {file}: 9 tasks, 73 points\n"
    return folder / "students"


def test_a_release_has_the_courses_tasks_and_no_others(released: Path) -> None:
    """In the handout, the stubs, the public checks and their answers; and the seed is nowhere."""
    handout = (released / "handout.md").read_text("utf-8")
    chosen = [task for task in CHOSEN.tasks if task[0] in "13"]
    assert re.findall(r"^## Task (\S+):", handout, re.MULTILINE) == chosen
    assert {path.stem for path in (released / "assignment").glob("*.py")} == {
        "__init__",
        *(TASKS[task].module for task in chosen),
    }
    assert re.findall(
        r"^def (\w+)", (released / "assignment" / "tensors.py").read_text("utf-8"), re.MULTILINE
    ) == [
        "shares_storage",
        "shares_element",
    ]
    texts = {path: path.read_text("utf-8", errors="replace") for path in released.rglob("*") if path.is_file()}
    marked = [
        re.findall(r'task="([\d.]+)"', text) for path, text in texts.items() if path.match("tests/test_*.py")
    ]
    assert sorted({task for tasks in marked for task in tasks}) == chosen
    assert not [path for path, text in texts.items() if "nobody may know" in text]
    assert {path.stem for path in released.glob("fixtures/answers/*.txt")} <= set(chosen)


def test_a_releases_pages_tell_of_the_course(released: Path) -> None:
    """Title, number of tasks, points, hours, due date; no link is dead, and what is away has none."""
    for name in ("handout.md", "README.md"):
        text = (released / name).read_text("utf-8")
        assert text.startswith("# Words and views\n")
        assert "The work is due on Friday, 30 October 2026, 23:59 (UTC+01:00)." in " ".join(text.split())
        for link in (each for each in links(text) if not each.startswith("https:")):
            path, _, place = link.partition("#")
            target = released / (path or name)
            assert target.exists(), link
            assert not place or place in anchors(target.read_text("utf-8")), link
    assert "9 tasks, 73 points" in text
    handout = (released / "handout.md").read_text("utf-8")
    assert "about 30 in all" in handout
    assert "| [1.2 Byte-level BPE][1.2] | 40 | 10 |" in handout
    assert (
        "## Task 1.2: Byte-level BPE (40 points)\n\n*Public checks hold 20 points, hidden checks 20.*" in handout
    )
    assert "such as 2.2, is that of a task which this course leaves out" in handout
    assert {*re.findall(r"\[(\d[.]\d)\]", without_code(handout))} <= {
        task for task in CHOSEN.tasks if task[0] in "13"
    }
    assert "Task [2" not in (released / "handout.html").read_text("utf-8")


def test_a_releases_checks_have_the_courses_points(released: Path, tmp_path: Path) -> None:
    """Stubs and the reference: on the board, and on the page that students can write."""
    mine = Path(shutil.copytree(released, tmp_path / "mine"))
    status, output = run(mine, "--task", "1.2")
    assert "1.2  Byte-level BPE  0/20 points: not written (hidden checks hold 20 more)" in output
    assert "all  0/36.5 points: 29 not run (hidden checks hold 36.5 more)" in output
    assert "note  " not in output
    for name in stubs.build(tasks=[task for task in CHOSEN.tasks if task[0] in "13"]):
        shutil.copy(PROJECT / "grader" / "reference" / name, mine / "assignment")
    for path in (PROJECT / "grader" / "reference").glob("_*.py"):
        shutil.copy(path, mine / "assignment")
    status, output = run(mine, "--task", "1.2")
    assert status == 0, output
    assert "1.2  Byte-level BPE  20/20 points (hidden checks hold 20 more)" in output
    assert run(mine, "--task", "2.2")[0] == 4


def test_pages_name_no_task_that_is_left_out() -> None:
    """In what they are about, in options, in the line of a board; nor are known mistakes of others told."""
    course = Course(points={task: 12345.67 for task in TASKS if task[0] == "3"})
    readme = tailored.readme((PROJECT / "grader/delivery/student/README.md").read_text("utf-8"), course)
    assert "\nViews: 5 tasks, 61728.35 points." in readme
    assert "--part 3 or --task 3.4 for some" in readme
    assert "\nTask [3.2](handout.md#task-32-sharing-memory-1234567-points) uses\n" in readme
    advice = tailored.examples((PROJECT / "grader/delivery/student/AGENTS.md").read_text("utf-8"), course.points)
    assert "--task 3.1       # one task; --part 3 for a part" in advice
    handout = tailored.handout((PROJECT / "handout.md").read_text("utf-8"), course)
    assert "| `--task 3.1`, `--part 3` |" in handout
    assert re.search(r"^3[.]1  Strides and positions  0/[\d.]+ points: 3 failed \(hidden", handout, re.MULTILINE)
    assert "(12345.67 points)" in handout
    known = json.loads(
        tailored.mistakes((PROJECT / "fixtures/answers/mistakes.json").read_text("utf-8"), course.points)
    )
    assert {check[0] for checks in known.values() for check in checks} == {"3"}


def test_one_task_may_be_left_out() -> None:
    """5.4: its file of checks keeps the other task's, and nothing that only 5.4 used."""
    points = {task: points for task, points in CHOSEN.tasks.items() if task != "5.4"}
    course = Course(points=points)
    text = (PROJECT / "tests" / "test_5_utilization.py").read_text("utf-8")
    cut = tailored.checks(text, course.points.keys())
    assert re.findall(r'task="([\d.]+)"', cut) == ["5.3"] * 4
    assert not re.findall(r"^(CONVOLUTION|SPREADS|from statistics)", cut, re.MULTILINE)
    assert re.findall(r"^(from tests import recorded|ONE_PEAK)", cut, re.MULTILINE)
    assert "gradients.py" not in stubs.build(tasks=course.tasks)
    handout = tailored.handout((PROJECT / "handout.md").read_text("utf-8"), course)
    assert "5.4 Gradient" not in handout
    assert "| [5.5 Errata of the lecture notes][5.5] | 2 | 1.5 |" in handout
    assert "24 tasks, 97 points" in tailored.readme(
        (PROJECT / "grader" / "delivery" / "student" / "README.md").read_text("utf-8"), course
    )


def test_the_usual_course_loses_nothing_but_optional_tasks() -> None:
    """Other pages and lines stay as they are."""
    text = (PROJECT / "handout.md").read_text("utf-8")
    without = text.replace("in Tasks [2.3], [2.5] and [2.6] they", "in Tasks [2.3] and [2.5] they")
    made, left = tailored.handout(text, Course()), iter(without.splitlines())
    assert all(line in left for line in made.splitlines()), "each line stands in the whole handout, in this order"
    assert re.findall(r"^## Task (\S+):", made, re.MULTILINE) == list(CHOSEN.tasks)
    assert "optional" not in made
    readme = (PROJECT / "grader" / "delivery" / "student" / "README.md").read_text("utf-8")
    assert tailored.readme(readme, Course()) == readme


def test_no_check_changes_where_all_are_chosen() -> None:
    """With all tasks, optional ones, too, each file of checks is what it is."""
    for path in PROJECT.glob("tests/test_*.py"):
        assert tailored.checks(path.read_text("utf-8"), TASKS.keys()) == path.read_text("utf-8")


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ({"4.5": 4, "4.6": 3}, "about 4 in all."),
        ({"1.1": 6, "1.2": 15, "1.3": 6, "1.4": 9}, "about 25 in all."),
        ({"2.2": 4}, "You may import the standard library, `regex` and `numpy`, and in Task [2.2] also `torch`."),
        ({"2.3": 4}, "You may import the standard library, `regex` and `numpy`.\n"),
        ({"2.3": 4, "2.6": 5}, "but in Tasks [2.3] and [2.6] they must be exact."),
        ({"4.5": 4}, "or by 10⁻¹² near\nzero. The caller"),
        ({"2.1": 0, "4.5": 1}, "4.5  Peaks and budgets  0/0.5 points: 3 failed (hidden checks hold 0.5 more)"),
    ],
)
def test_what_holds_for_some_tasks_is_said_of_those_that_are_there(points: dict[str, float], says: str) -> None:
    """Hours of a small course are not rounded to five, and a sample board is one that students can see."""
    assert says in tailored.handout((PROJECT / "handout.md").read_text("utf-8"), Course(points=points))


def test_a_readme_shows_no_picture_of_a_task_that_is_left_out() -> None:
    """A point is one, not 1 points."""
    readme = (PROJECT / "grader" / "delivery" / "student" / "README.md").read_text("utf-8")
    made = tailored.readme(readme, Course(points={"5.5": 1}))
    assert "1 task, 1 point." in made
    assert "train_bpe" not in made
    assert "pictures of what your\nfunctions do. Open it" in made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of 5.5 alone, worth twice as much, without a proof."""
    made = tmp_path_factory.mktemp("small") / "made"
    release(made, course=Course(points={"5.5": 4}))
    return made


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "tests/test_5_errata.py",
            '@points(0.25, task="5.5")\ndef test_',
            "def ",
            "with the stubs the check 5.5/",
        ),
        (
            "tests/harness/course.json",
            '"5.5": 4',
            '"5.5": 5',
            "does not end with 'all  0/2 points (hidden checks h",
        ),
        ("tests/mistakes.py", "def inexact(", "def inexact_(", "cannot import name 'inexact'"),
        ("fixtures/answers/5.5.txt", "{}, 84, {", "{}, 85, {", "with the reference the check 5.5/recorded"),
    ],
)
def test_a_release_that_does_not_work_is_not_written(
    small: Path, tmp_path: Path, file: str, old: str, new: str, says: str
) -> None:
    """What is wrong with it is named, whatever it is."""
    made = Path(shutil.copytree(small, tmp_path / "made"))
    text = (made / file).read_text("utf-8")
    assert old in text
    (made / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(GraderFault, match="the release was not written, since with the ") as told:
        prove(made, Course(points={"5.5": 4}))
    assert says in str(told.value)


def test_nothing_is_put_in_place_before_it_is_proven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is not there afterwards, and no half of it."""
    monkeypatch.setattr("grader.delivery.repository.prove", prove)
    monkeypatch.setattr("grader.delivery.tailored.checks", lambda text, tasks: text)
    with pytest.raises(GraderFault, match="the release was not written"):
        release(tmp_path / "out", course=Course(points={"5.3": 2}))
    assert list(tmp_path.iterdir()) == []


@needs_sandbox
def test_a_course_is_graded_by_its_file_on_gradescope_too(tmp_path: Path) -> None:
    """The reference has exactly the course's points, by the command and by what is built, with its feedback."""
    tmp_path.chmod(0o755)
    file = course_file(tmp_path, SHORT)
    course = read(file)
    submission = tmp_path / "submission"
    shutil.copytree(PROJECT / "grader" / "reference", submission / "assignment")
    made = tmp_path / "report.json"
    done = command(PROJECT, "grade", submission, "--course", file, "--report", made)
    assert done.returncode == 0, done.stderr
    assert "Score 9.87 of 9.87" in done.stdout
    report = json.loads(made.read_text("utf-8"))
    assert report["score"] == report["max_score"] == course.total == 9.87
    assert {check["feedback"] for check in report["checks"] if check["hidden"]} == {"input"}

    build_gradescope(tmp_path / "a.zip", course=course)
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert packed.read("course.toml") == file.read_bytes()
        packed.extractall(tmp_path / "root" / "source")
    shutil.copytree(submission, tmp_path / "root" / "submission")
    (tmp_path / "root" / "results").mkdir()
    grading = [sys.executable, "-m", "grader.delivery.platforms.gradescope_run", str(tmp_path / "root")]
    source = tmp_path / "root" / "source"
    subprocess.run(grading, cwd=source, env={**os.environ, "PYTHONPATH": str(source)}, check=True)
    results = json.loads((tmp_path / "root" / "results" / "results.json").read_text("utf-8"))
    assert results["score"] == 9.87
    assert {test["number"] for test in results["tests"]} == set(course.tasks)


def test_platforms_are_told_of_the_courses_tasks(tmp_path: Path) -> None:
    """Problems and points of Autolab, PrairieLearn and VPL."""
    course = read(course_file(tmp_path, TWO_PARTS))
    told = autolab.assessment("lm", "image", course)
    assert {each["name"]: each["max_score"] for each in told["problems"]} == course.points
    assert told["general"]["description"] == "9 tasks, 73 points"
    assert told["general"]["display_name"] == "Words and views"
    [zone] = prairielearn.assessment(course)["zones"]
    assert zone["questions"][0]["maxAutoPoints"] == 73
    build_vpl(tmp_path / "vpl", course=course)
    assert "73" in (tmp_path / "vpl" / "vpl_evaluate.sh").read_text("utf-8")


def test_a_task_that_was_added_is_one_of_the_courses(copy: Path) -> None:
    """It is released, with a proof, like those that were there before."""
    new_task.write(new_task.NewTask("1.6", "twice", "twice", "Twice", 3), copy)
    file = course_file(copy, 'tasks = ["1.6", "5.5"]\n[points]\n"1.6" = 5\n')
    done = command(copy, "release", "--out", copy.parent / "students")
    assert done.returncode == 0, done.stderr
    assert f"by the course file {file}: 2 tasks, 7 points" in done.stderr
    assert "## Task 1.6: Twice (5 points)\n" in (copy.parent / "students" / "handout.md").read_text("utf-8")
    assert {path.name for path in (copy.parent / "students" / "assignment").iterdir()} == {
        *("__init__.py", "errata.py", "twice.py")
    }
