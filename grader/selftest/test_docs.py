"""The pages of docs/: each link leads somewhere, and each command, file and module that they name is there."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import application
from grader.files import PROJECT
from grader.proofs import specimen
from grader.reports.formats import FORMATS

DOCS = PROJECT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
MADE = {"course.toml", "results.xml", "report.md", "repositories.txt", "specimen.toml"}
"""Files that commands of these pages write or read, and that stand in folders of their own."""


@cache
def options(command: str) -> set[str]:
    """What `grader COMMAND` takes."""
    done = CliRunner(env={"COLUMNS": "200"}).invoke(application(), [*command.split(), "--help"])
    assert done.exit_code == 0, command
    return set(re.findall(r"--[a-z-]+", done.stdout))


def read(page: Path) -> str:
    """A page, with lines that go on joined."""
    return re.sub(r"\\\n\s*", "", page.read_text(encoding="utf-8"))


def test_the_pages_are_built_without_a_warning(tmp_path: Path) -> None:
    """No link or heading is dead, and no page is left out of the contents."""
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-d", str(tmp_path / "cache")]
    done = subprocess.run(
        [*command, str(DOCS), str(tmp_path / "html")], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len([*(tmp_path / "html").rglob("*.html")]) >= len(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_what_a_page_names_is_there(page: Path) -> None:
    """Commands with their options, targets of make, modules, files, formats and planted submissions."""
    text = read(page)
    named = r"(?:`|^ *|/|-grader )grader ((?:class )?[a-z][a-z-]*)\b([^`#\n]*)"
    for command, rest in re.findall(named, text, re.MULTILINE):
        assert set(re.findall(r"(?<=\s)--[a-z-]+", rest)) <= options(command), (command, rest)
        assert {*re.findall(r"--format (\w[\w-]*)=", rest)} <= set(FORMATS), rest
        if planted := re.search(r"(?:specimen|--only) ([a-z_]+)", f"{command}{rest}"):
            specimen.load(planted[1])
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^)make (\w+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for module in re.findall(r"python -m ((?:grader|tests)[\w.]*)", text):
        assert importlib.util.find_spec(module), module
    for name in re.findall(
        r"`((?:grader|tests|fixtures|docs|[.]github)/[\w/.-]*|[\w-]+[.](?:md|toml|txt|xml))`", text
    ):
        there = PROJECT / name, PROJECT / "grader" / "delivery" / "student" / name
        assert name in MADE or any(path.exists() for path in there), name


def test_a_page_that_begins_with_the_grader_says_where_that_is() -> None:
    """Who comes from elsewhere finds no command `grader` on the path."""
    for page in DOCS.glob("platforms/*.md"):
        beginning = read(page).partition("## What it costs")[0]
        if page.stem != "index" and re.search(r"(?:^ *|`)grader [a-z]", beginning, re.MULTILINE):
            assert "(../course.md#the-first-day-see-that-it-works)" in beginning, page
            assert "`.venv/bin/grader`" in beginning, page


def test_each_platform_that_is_built_has_a_page_that_says_the_same() -> None:
    """From zero to a grade, the price, the limits, and what to do when it breaks."""
    contents = read(DOCS / "platforms" / "index.md")
    for page in DOCS.glob("platforms/*.md"):
        if page.stem != "index":
            assert f"({page.name})" in contents
            headings = re.findall(r"^## (.+)$", read(page), re.MULTILINE)
            wanted = (
                "From zero to the first graded submission",
                "What it costs",
                "What it can't do",
                "When it breaks",
            )
            assert [each for each in headings if each in wanted] == list(wanted), page
    for platform in re.findall(r"grader build (\w+)", contents):
        assert (DOCS / "platforms" / f"{platform}.md").exists(), platform
