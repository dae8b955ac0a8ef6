"""The command `grader calibrate` and its page."""

from __future__ import annotations

import multiprocessing
import re
from dataclasses import replace
from pathlib import Path

import pytest

from grader.model import Report, Verdict
from grader.proofs import flaky, specimen
from grader.proofs.calibration import Calibration, Trial, try_one
from grader.reports import calibration_html, mutation_html
from grader.selftest.cli.test_cli import grader
from grader.selftest.pages import Page
from grader.selftest.proofs.test_specimens import checked


@pytest.fixture(scope="module")
def trial() -> Trial:
    """A quick specimen, tried."""
    return try_one(specimen.load("subnormals_out_of_range"), fast=True, isolation="none")


@pytest.mark.thorough  # half a minute; what it prints is made of what is tried below
def test_the_command_says_that_all_is_well(tmp_path: Path) -> None:
    """Exit status 0, the matrix, the sums, and a page."""
    page = tmp_path / "matrix.html"
    done = grader(
        "calibrate", "--only", "subnormals_out_of_range", "--only", "correct_tuples", "--fast", "--html", page
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^subnormals_out_of_range .*0\.6", done.stdout, flags=re.MULTILINE)
    assert "1 correct ones lose 0 points; 1 of 1 misconceptions are caught, 1 named; 0 faults" in done.stdout
    assert "subnormals_out_of_range" in page.read_text(encoding="utf-8")


def test_the_command_names_what_is_not_there() -> None:
    """An unknown specimen, and a folder that there is not, before anything is graded."""
    assert (
        grader("calibrate", "--only", "nothing").returncode,
        grader("calibrate", "--jobs", "0").returncode,
    ) == (2, 2)
    done = grader("calibrate", "--html", "nowhere/x.html")
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_the_page_is_self_contained_and_links_to_each_specimen(trial: Trial) -> None:
    """Every tag is closed, nothing is loaded or run, every link leads to an article, and faults are told."""
    hostile = replace(trial, faults=("</p><script>alert(1)</script>",))
    page = calibration_html(Calibration((hostile,), ("1.1/never",)))
    assert "2 faults" in page
    assert "<script" not in page
    assert "check 1.1/never has caught no planted mistake" in page
    assert trial.naming is not None
    assert f"<mark>{trial.specimen.message}</mark>" in page
    read = Page(page)
    assert {link.removeprefix("#") for link in read.links} == read.identifiers == {trial.specimen.name}


def test_the_page_of_a_campaign_counts() -> None:
    """No mutant at all is a score of 100 %."""
    assert "Mutation score 100.0 %" in mutation_html([])


def test_a_difference_between_gradings_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another verdict, message or points in any later grading; none when all are the same."""
    reports = [checked({}, ("a", "b"))] * 4
    monkeypatch.setattr(flaky, "grade", lambda *_: reports.pop(0))
    assert flaky.differences(2) == []
    slow = replace(checked({}, ("a", "b")).checks[1], verdict=Verdict.TIMEOUT, points=0)
    other = Report("s", "", "", "none", (checked({}, ("a",)).checks[0], slow), None, ())
    reports += [checked({}, ("a", "b")), other]
    found = flaky.differences(1)
    assert [line.split(": ")[0] for line in found] == ["run 1, isolation auto"] * 2
    assert "1.2/b" in found[0]


def test_load_ends_with_the_body() -> None:
    """Processes that compute are there inside, and gone after."""
    with flaky.busy(loaded=True):
        assert len(multiprocessing.active_children()) >= 2
    assert multiprocessing.active_children() == []
