"""`grader course check`, and which course file the commands take."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.course_file import course_of
from grader.course import USUAL
from grader.errors import UsageError
from grader.selftest.cli.test_cli import grader


def test_check_says_what_a_file_means(tmp_path: Path) -> None:
    """In sentences, exit status 0."""
    (tmp_path / "course.toml").write_text("parts = [2]\n", encoding="utf-8")
    done = grader("course", "check", tmp_path / "course.toml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The course has 5 tasks, worth 17 points.\n")


def test_check_names_each_mistake(tmp_path: Path) -> None:
    """One line for each, exit status 2."""
    (tmp_path / "course.toml").write_text('parts = [9]\ntitel = "x"\n', encoding="utf-8")
    done = grader("course", "check", tmp_path / "course.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"grader: the course file {str(tmp_path / 'course.toml')!r} has 2 mistakes:\n"
        "  - there is no key 'titel'; did you mean 'title'?\n"
        "  - parts has 9, and there is no such part; there are 1 to 5.\n"
    )
    for command in (
        ("grade", tmp_path),
        ("release", "--out", tmp_path / "x"),
        ("build", "vpl", "--out", tmp_path / "x"),
    ):
        done = grader(*command, "--course", tmp_path / "course.toml")
        assert done.returncode == 2
        assert "has 2 mistakes" in done.stderr
    assert not (tmp_path / "x").exists()


def test_the_checkouts_own_file_is_taken_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it is not there, the course is the whole assignment, and nothing is said; a variable outweighs it."""
    monkeypatch.setattr("grader.cli.course_file.HERE", tmp_path / "course.toml")
    monkeypatch.delenv("GRADER_COURSE")
    assert course_of(None) == USUAL
    assert capsys.readouterr().err == ""
    (tmp_path / "course.toml").write_text('tasks = ["1.1"]\n', encoding="utf-8")
    assert course_of(None).tasks == ("1.1",)
    assert capsys.readouterr().err == f"by the course file {tmp_path / 'course.toml'}: 1 task, 6 points\n"
    monkeypatch.setenv("GRADER_COURSE", str(tmp_path / "away.toml"))
    with pytest.raises(UsageError, match="can't be read"):
        course_of(None)
