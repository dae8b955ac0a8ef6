"""The wheel and the sdist: what is in them, under which names, and that what is in them works by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from grader import __version__
from grader.files import PROJECT

NAME = "lm_basics_assignment"
HELD = f"{NAME}/project/"
LEFT_OUT = ("grader/bench/", "grader/selftest/", "grader/cli/installed.py")
FOLDERS = ("assignment/", "fixtures/", "grader/", "tests/")
FILES = ("LICENSE", "constraints.txt", "handout.md", "pyproject.toml", "sandbox-requirements.txt")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both of them, built without a network."""
    out = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    return out


@pytest.fixture(scope="module")
def names(built: Path) -> set[str]:
    """The wheel's files."""
    [wheel] = built.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def kept() -> set[str]:
    """Every file of the project that git keeps, or is going to."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    return {name for name in listed.split("\0") if (PROJECT / name).is_file()}


def test_the_wheel_holds_what_the_commands_read_and_nothing_else(names: set[str]) -> None:
    """All that git keeps of four folders and five files, under its own path; no tests of ours, no benchmarks."""
    wanted = {each for each in kept() if each.startswith(FOLDERS) and not each.startswith(LEFT_OUT)}
    held = {name.removeprefix(HELD) for name in names if name.startswith(HELD)}
    assert held == wanted | set(FILES)


def test_the_wheel_takes_one_name_among_installed_packages(names: set[str]) -> None:
    """Others install a `tests` or a `grader`, too."""
    assert {name.partition("/")[0] for name in names} == {NAME, f"{NAME}-{__version__}.dist-info"}
    assert f"{NAME}/__init__.py" in names
    assert not {f"{NAME}/project/__init__.py", f"{HELD}grader/cli/installed.py"} & names


def test_the_sdist_is_the_checkout(built: Path) -> None:
    """Whoever has it can do what we do; its version is the changelog's."""
    [sdist] = built.glob("*.tar.gz")
    top = f"{NAME}-{__version__}"
    with tarfile.open(sdist) as archive:
        files = {name.partition("/")[2] for name in archive.getnames()}
        told = archive.extractfile(f"{top}/CHANGELOG.md")
        assert told
        assert told.read().decode().split("\n## ")[1].split()[0] == __version__
    assert files == kept() | {"PKG-INFO"}


def test_the_package_index_refuses_it() -> None:
    """The reference and the hidden checks are in it."""
    table = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert [each for each in table["project"]["classifiers"] if each.startswith("Private :: ")]


def run(unpacked: Path, *arguments: str, status: int = 0) -> str:
    """The command `grader` of an unpacked wheel, started in a folder beside it."""
    code = f"import sys; sys.argv[0] = 'grader'; import {NAME}; {NAME}.main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],
        cwd=unpacked.parent,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_an_unpacked_wheel_works_by_itself(built: Path, tmp_path: Path) -> None:
    """It builds the same autograder as the checkout, and does not edit itself."""
    [wheel] = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").write_text("raise ImportError('somebody else')", encoding="utf-8")
    assert "wrote" in run(tmp_path / "site", "specimen", "reference")
    run(tmp_path / "site", "build", "gradescope", "--out", "theirs.zip")
    command = [sys.executable, "-m", "grader", "build", "gradescope", "--out", str(tmp_path / "ours.zip")]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    assert (tmp_path / "theirs.zip").read_bytes() == (tmp_path / "ours.zip").read_bytes()
    task = ("new-task", "1.9", "count_bytes", "--points", "2", "--title", "Counting")
    assert "needs a checkout" in run(tmp_path / "site", *task, status=2)
