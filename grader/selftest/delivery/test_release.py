"""The students' repository: what is in it, what is not, and that it works by itself."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

from grader.course import USUAL
from grader.delivery.repository import _public, _values, release, scan
from grader.errors import GraderFault, UsageError
from grader.files import PROJECT
from grader.grading import Options, grade
from grader.making import stubs
from grader.selftest.harness.test_student_view import run
from tests.submit import main as submit


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release, which tests copy before they change it."""
    folder = tmp_path_factory.mktemp("release") / "course"
    release(folder, git=True)
    return folder


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(released, tmp_path / "course"))


def git(folder: Path, *arguments: str) -> str:
    """Run git there, as somebody."""
    command = ["git", "-c", "user.name=student", "-c", "user.email=student@example.org", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_a_release_has_all_that_is_public_and_nothing_else(released: Path) -> None:
    """Its top level is known, and the grader is not in it."""
    assert {path.name for path in released.iterdir()} == {
        *(".git", ".gitattributes", ".github", ".gitignore", "AGENTS.md", "LICENSE", "Makefile", "README.md"),
        *("assignment", "conftest.py", "fixtures", "handout.html", "handout.md", "pyproject.toml", "tests"),
    }
    assert {path.name for path in (released / "assignment").iterdir()} == set(stubs.build(tasks=USUAL.tasks))
    assert scan(released) == []
    assert git(released, "status", "--porcelain") == ""


def test_an_assistant_reads_one_screen_that_keeps_the_work_the_students(released: Path) -> None:
    """It asks, hints and points at the handout, and writes no body of a stub."""
    text = (released / "AGENTS.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    assert "**Never** write or complete the body of a stub" in text
    assert "](handout.md)" in text


def test_no_hint_holds_a_solution_or_what_is_hidden(released: Path) -> None:
    """Known mistakes are told in sentences without code, and without a text that only hidden checks hold."""
    sentences = "\n".join(json.loads((released / "fixtures" / "answers" / "mistakes.json").read_text("utf-8")))
    assert not re.search(r"`|\breturn\b|\bdef \b|[\w)\]] (=|==|//|%) [\w(\[]", sentences)
    assert not [text for text in _values(_public()) if isinstance(text, str) and text in sentences]


def test_students_need_what_the_project_says(released: Path) -> None:
    """Dependencies, versions and pytest's options are the same in both pyproject files."""
    ours, theirs = (tomllib.loads((root / "pyproject.toml").read_text("utf-8")) for root in (PROJECT, released))
    for key in ("name", "requires-python", "dependencies"):
        assert ours["project"][key] == theirs["project"][key]
    torch = [pyproject["project"]["optional-dependencies"]["torch"] for pyproject in (ours, theirs)]
    assert torch[0] == torch[1]
    options = [dict(pyproject["tool"]["pytest"]["ini_options"]) for pyproject in (ours, theirs)]
    options[0].pop("xfail_strict")
    assert options[0] == options[1]


def test_checks_run_without_the_grader(course: Path) -> None:
    """Untouched stubs: one line a task. With the reference: everything passes."""
    status, output = run(course)
    assert status == 1
    assert output.count("not written (hidden") == len(USUAL.tasks)
    shutil.copytree(PROJECT / "grader" / "reference", course / "assignment", dirs_exist_ok=True)
    status, output = run(course)
    assert status == 0, output


@pytest.mark.parametrize("file", ["assignment/words.py", "handout.md", "tests/harness/plain.py"])
def test_one_line_of_the_reference_is_found(course: Path, file: str) -> None:
    """Wherever it stands."""
    with (course / file).open("a", encoding="utf-8") as text:
        text.write("    return 6 * parameters + 12 * layers * d_model * seq\n")
    [found] = scan(course)
    assert found.startswith(f"{file}:")
    assert found.endswith("is a line of grader/reference/utilization.py")


def test_hidden_checks_are_found(course: Path) -> None:
    """By file, by name, by line and by value."""
    hidden = PROJECT / "grader" / "hidden" / "test_1_2_bpe.py"
    shutil.copy(hidden, course / "tests" / "harmless.py")
    assert scan(course) == ["tests/harmless.py is grader/hidden/test_1_2_bpe.py"]
    (course / "tests" / "harmless.py").write_text("def test_real_text_trains_exactly(): ...\n", encoding="utf-8")
    assert scan(course) == [
        "tests/harmless.py names test_real_text_trains_exactly, of grader/hidden/test_1_2_bpe.py"
    ]
    lines = hidden.read_text("utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("def test_real_text"))
    body = "\n".join(line.strip() for line in lines[start + 2 : start + 8])
    (course / "tests" / "harmless.py").write_text(body, encoding="utf-8")
    assert any("is a line of grader/hidden/test_1_2_bpe.py" in sentence for sentence in scan(course))
    value = next(value for value in _values(_public()) if isinstance(value, int))
    (course / "tests" / "harmless.py").write_text(f"x = {value}\n", encoding="utf-8")
    assert [f"tests/harmless.py holds {value}," in sentence for sentence in scan(course)] == [True]


def test_a_release_that_gives_something_away_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stub that was not cut stops it."""
    leak = {"bpe.py": (PROJECT / "grader" / "reference" / "bpe.py").read_text("utf-8")}
    monkeypatch.setattr("grader.delivery.repository._build", lambda folder, course: _leak(folder, leak))
    with pytest.raises(GraderFault, match=r"assignment/bpe\.py is grader/reference/bpe\.py"):
        release(tmp_path / "course")
    assert list(tmp_path.iterdir()) == []


def _leak(folder: Path, files: dict[str, str]) -> list[str]:
    (folder / "assignment").mkdir(parents=True)
    for name, text in files.items():
        (folder / "assignment" / name).write_text(text, encoding="utf-8")
    return list(files)


def test_a_folder_in_use_is_left_alone(course: Path) -> None:
    """What is there is not overwritten, and the message says why."""
    with pytest.raises(UsageError, match="is not empty"):
        release(course)
    (course / "handout.md").write_text("changed", encoding="utf-8")
    with pytest.raises(UsageError, match="not committed"):
        release(course, git=True)
    assert (course / "handout.md").read_text("utf-8") == "changed"


def test_a_later_release_merges_into_half_done_work(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`git pull --no-rebase` brings new checks and a new stub, and keeps what the student wrote."""
    git(tmp_path, "clone", "-q", str(course), "mine")
    mine = tmp_path / "mine"
    text = (mine / "assignment" / "words.py").read_text("utf-8")
    written = text.replace(
        text[text.index("    raise NotImplementedError") :].partition("\n")[0], "    return [text]", 1
    )
    (mine / "assignment" / "words.py").write_text(written, encoding="utf-8")
    git(mine, "commit", "-qam", "split")
    cut = stubs.build()
    monkeypatch.setattr(
        "grader.making.stubs.build",
        lambda tasks=(): {**cut, "words.py": cut["words.py"] + "\n\nMORE = 1\n", "new.py": "NEW = 1\n"},
    )
    release(course, git=True)
    git(mine, "pull", "-q", "--no-rebase")
    merged = (mine / "assignment" / "words.py").read_text("utf-8")
    assert "    return [text]\n" in merged
    assert "MORE = 1" in merged
    assert (mine / "assignment" / "new.py").exists()
    release(course, git=True)
    assert git(course, "log", "--oneline").count("\n") == 2, "nothing new, no commit"


def test_what_is_handed_in_is_what_is_graded(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The archive holds assignment/ alone, is the same each time, and says what is not written."""
    (course / "assignment" / "__pycache__").mkdir()
    (course / "assignment" / "__pycache__" / "x.pyc").write_bytes(b"")
    shutil.copy(PROJECT / "grader" / "reference" / "words.py", course / "assignment")
    assert submit([], course) == 0
    said = capsys.readouterr().out
    assert "words.py\n" in said
    assert "bpe.py   not written: train_bpe" in said
    archive = course / "submission.zip"
    first = archive.read_bytes()
    names = zipfile.ZipFile(archive).namelist()
    assert names == sorted(f"assignment/{name}" for name in stubs.build(tasks=USUAL.tasks))
    assert submit([], course) == 0
    assert archive.read_bytes() == first
    report = grade(archive, Options(tasks=("1.1",), isolation="none"))
    assert report.score == report.max_score


@pytest.mark.parametrize(("spoil", "said"), [("def f(:", "words.py is not Python"), (None, "no files in")])
def test_nothing_is_handed_in_that_can_not_be_graded(
    course: Path, capsys: pytest.CaptureFixture[str], spoil: str | None, said: str
) -> None:
    """A file that is no Python is named, and so is a missing folder; an older archive stays."""
    (course / "submission.zip").write_bytes(b"old")
    if spoil is None:
        shutil.rmtree(course / "assignment")
    else:
        (course / "assignment" / "words.py").write_text(spoil, encoding="utf-8")
    assert submit([], course) == 2
    assert said in capsys.readouterr().err
    assert (course / "submission.zip").read_bytes() == b"old"
