"""What the platforms' readers accepted is what is written still, and the script that asks them tells the truth."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from grader.files import PROJECT
from grader.model import Report
from grader.reports.formats import FORMATS
from grader.selftest.delivery.clients import ACCEPTED, BUILDS, CLIENTS, RUNNER, Client, agrees, few
from grader.selftest.delivery.readers import Missing, function


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.format)
def test_what_was_accepted_is_what_is_written(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte by byte. Who changes a format asks its reader again: `make clients`, with --write."""
    for variable, value in RUNNER.items():
        monkeypatch.setenv(variable, value)
    held = json.loads((ACCEPTED / f"{client.format}.json").read_text(encoding="utf-8"))
    assert (held["client"], held["repository"]) == (client.name, client.repository)
    assert held["text"] == FORMATS[client.format](few()), "ask the reader again: make clients"


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.format)
def test_the_table_names_what_accepted_it(client: Client) -> None:
    """Client, repository, commit and reader, as the script prints them."""
    held = json.loads((ACCEPTED / f"{client.format}.json").read_text(encoding="utf-8"))
    assert re.fullmatch(r"[0-9a-f]{40}", held["commit"])
    rows = (PROJECT / "docs" / "clients.md").read_text(encoding="utf-8").splitlines()
    assert f"| {client.name} ({client.repository}) | {held['commit'][:12]} | {client.reader} | yes |" in rows
    for build in BUILDS:
        assert any(row.startswith(f"| {build.name} ({build.repository}) |") for row in rows)


def test_nothing_is_accepted_that_nobody_reads() -> None:
    """A file for each client, and no other."""
    assert {path.stem for path in ACCEPTED.iterdir()} == {client.format for client in CLIENTS}


def told(problem: BaseException | None, checkouts: Path) -> tuple[str, str]:
    """What a reader that ends so comes to."""

    def read(folder: Path, text: str, report: Report) -> None:
        assert folder.name == "owner+name"
        assert text == FORMATS["markus"](report)
        if problem:
            raise problem

    return agrees(Client("A platform", "owner/name", "markus", "its reader", read), checkouts, (few(),))


def test_a_row_says_yes_no_or_why_not(tmp_path: Path) -> None:
    """Yes only when the reader has run and nothing was wrong."""
    assert told(None, tmp_path) == ("", "not run: no folder owner+name")
    (tmp_path / "owner+name").mkdir()
    (tmp_path / "owner+name" / "COMMIT").write_text("0a1b2c3\n", encoding="utf-8")
    assert told(None, tmp_path) == ("0a1b2c3", "yes")
    assert told(Missing("no ruby"), tmp_path) == ("0a1b2c3", "not run: no ruby")
    assert told(AssertionError("two tests"), tmp_path) == ("0a1b2c3", "no: AssertionError('two tests')")


@pytest.mark.parametrize("client", [*CLIENTS, *BUILDS], ids=lambda client: client.name)
def test_a_reader_that_is_not_there_says_neither_yes_nor_no(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty folder, or no program of its language."""
    folder = tmp_path / client.repository.replace("/", "+")
    folder.mkdir()
    (folder / "COMMIT").write_text("0a1b2c3", encoding="utf-8")
    for language in ("PHP", "RUBY", "NODE"):
        monkeypatch.setenv(language, "/nowhere/program")
    assert agrees(client, tmp_path, (few(),))[1].startswith("not run: ")


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("cannot load such file -- json (LoadError)", "not run: "),
        ("Missing 'scores' object (AutogradeError)", "no: "),
    ],
)
def test_a_reader_that_refuses_is_none_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str, said: str
) -> None:
    """By what a language prints when it lacks a file or a package."""
    (tmp_path / "autolab+Autolab").mkdir()
    (tmp_path / "autolab+Autolab" / "COMMIT").write_text("0a1b2c3", encoding="utf-8")
    (tmp_path / "ruby").write_text(f'#!/bin/sh\necho "{printed}" >&2\nexit 1\n', encoding="utf-8")
    (tmp_path / "ruby").chmod(0o755)
    monkeypatch.setenv("RUBY", str(tmp_path / "ruby"))
    [client] = [each for each in CLIENTS if each.format == "autolab"]
    found = agrees(client, tmp_path, (few(),))[1]
    assert found.startswith(said)
    assert printed in found


def test_a_function_is_taken_without_the_rest_of_its_file(tmp_path: Path) -> None:
    """Since the rest imports what is not here."""
    path = tmp_path / "module.py"
    path.write_text("import nowhere\n\ndef one(x: Nothing) -> int:\n    return BASE + x\n", encoding="utf-8")
    assert function(path, "one", BASE=2)(1) == 3
    with pytest.raises(Missing, match=r"no module\.py"):
        function(tmp_path / "none" / "module.py", "one")
