"""Levels of feedback: what a hidden check asks can't be read from what a student sees, below the level."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from grader.grading.feedback import call_of, shown, with_level
from grader.grading.one import grade
from grader.grading.options import Options
from grader.model import CheckResult, Feedback, Report, Verdict
from grader.proofs import specimen
from grader.reports import render, to_html, to_json
from grader.reports.formats import FORMATS
from tests.harness import points
from tests.harness.checks import check_of

INPUT, EXPECTED, PRINTED = "314159265", "271828182", "161803398"
"""Planted in the call, in the expected value, and in what the submission says."""

LOST = st.sampled_from([Verdict.FAILED, Verdict.CRASHED, Verdict.TIMEOUT, Verdict.MEMORY, Verdict.OUTPUT])


def printed(report: Report) -> str:
    """What the terminal shows."""
    out = io.StringIO()
    render(report, Console(file=out, width=200, color_system=None))
    return out.getvalue()


SEEN: dict[str, Callable[[Report], str]] = {**FORMATS, "html": to_html, "terminal": printed}
"""All that a student may get to see."""


@st.composite
def secrets(draw: st.DrawFn) -> Report:
    """A report of some checks of two tasks, hidden ones with planted secrets."""
    checks = []
    for number in range(draw(st.integers(1, 6))):
        hidden, task, verdict = draw(st.booleans()), draw(st.sampled_from(["1.1", "1.2"])), draw(LOST)
        rows = draw(
            st.permutations([f"expected  {EXPECTED}", f"got       {PRINTED}", f"try       not {EXPECTED}"])
        )
        call = draw(st.sampled_from([f"f({INPUT})", f"f({INPUT}, '\\n')"]))
        message = draw(
            st.sampled_from(["\n  ".join([call, *rows]), f"  expected  {EXPECTED}", f"{EXPECTED} {INPUT}"])
        )
        message = message if hidden else "f(0)\n  expected  1"
        name = f"{task}/c{number}"
        checks.append(CheckResult(name, task, f"Check {number}", verdict, 0, 1, message, hidden, 0.1))
    return Report("s", "0" * 64, "0.1.0", "bwrap", tuple(checks), None, ())


@given(report=secrets(), level=st.sampled_from(list(Feedback)[:3]))
def test_no_secret_is_seen_below_the_full_level(report: Report, level: Feedback) -> None:
    """Neither expected value nor the submission's own words in any format; the input only where it may be."""
    leveled = with_level(report, level)
    for name, make in SEEN.items():
        text = make(leveled)
        assert EXPECTED not in text, name
        assert PRINTED not in text, name
        assert level is Feedback.INPUT or INPUT not in text, name
        assert shown(shown(leveled)) == shown(leveled)


@pytest.mark.parametrize("name", [name for name in SEEN if name not in ("classroom50", "codegrade")])
def test_each_level_tells_more(name: str) -> None:
    """The verdict, the call, everything."""
    message = f"f({INPUT})\n  expected  {EXPECTED}\n  got       {PRINTED}"
    check = CheckResult("1.2/x", "1.2", "A title", Verdict.TIMEOUT, 0, 1, message, True, 0.1)
    report = Report("s", "0" * 64, "0.1.0", "bwrap", (check,), None, ())
    texts = {level: SEEN[name](with_level(report, level)) for level in Feedback}
    assert "A title" not in texts[Feedback.COUNT]
    assert "1 of 1 checks lost" in texts[Feedback.COUNT]
    assert "A title" in texts[Feedback.CATEGORY] or name in ("autolab", "csv")
    assert "TIMEOUT" in texts[Feedback.CATEGORY]
    assert f"f&#40;{INPUT}&#41;" in texts[Feedback.INPUT] or f"f({INPUT})" in texts[Feedback.INPUT]
    assert all(secret in texts[Feedback.FULL] for secret in (INPUT, EXPECTED, PRINTED))


@given(report=secrets(), level=st.sampled_from(list(Feedback)))
def test_what_is_shown_adds_up(report: Report, level: Feedback) -> None:
    """Score and points are those of the report, at any level; public checks stay as they are."""
    some = [
        replace(check, verdict=Verdict.PASSED, points=1, message="") if number % 2 else check
        for number, check in enumerate(report.checks)
    ]
    whole = with_level(replace(report, checks=tuple(some)), level)
    cut = shown(whole)
    assert (cut.score, cut.max_score) == (whole.score, whole.max_score)
    assert {c for c in cut.checks if not c.hidden} == {c for c in whole.checks if not c.hidden}
    lost = sum(c.together[0] if c.together else not c.verdict.earns for c in cut.checks)
    assert lost == sum(not c.verdict.earns for c in whole.checks)


def test_counted_checks_are_one() -> None:
    """Which of them was lost is not told, and a fault of the grader's stays one."""
    checks = tuple(
        CheckResult(f"1.2/{name}", "1.2", name, verdict, 2 * verdict.earns, 2, "", True, 0.1, Feedback.COUNT)
        for name, verdict in {"first": Verdict.PASSED, "second": Verdict.TIMEOUT, "third": Verdict.FAILED}.items()
    )
    report = Report("s", "", "", "bwrap", checks, None, ())
    (one,) = shown(report).checks
    assert (one.points, one.max_points, one.verdict, one.message) == (2, 6, Verdict.FAILED, "2 of 3 checks lost.")
    assert not {"first", "second", "third"} & set(FORMATS["csv"](report).split(","))
    assert "2 of 3 checks lost" in printed(report)
    broken = replace(report, checks=(*checks, replace(checks[0], verdict=Verdict.GRADER_FAULT, points=0)))
    assert shown(broken).score is None


def test_a_call_is_found_only_where_a_diagnosis_begins_with_one() -> None:
    """What has no rows, or no call before them, holds no call."""
    assert call_of("f(1)\n  got  2") == "f(1)"
    where = "f('a')\n  where     a holds 'b'\n  where     c is empty"
    assert call_of(f"{where}\n  expected  1\n  got       2\n  where     d") == where
    assert call_of(where) == call_of(f"{where}\n  at        1") == ""
    assert [call_of(text) for text in ("", "f(1)", "  expected  1\n  got  2", "a\nb\n  got  2")] == [""] * 4


def level_of(folder: str, **marked: str) -> Feedback:
    """The level of a check in such a folder, whose marker says this."""

    class Item:
        """As much of a pytest.Function as a check is read from."""

        nodeid, name, path = f"{folder}/test_a.py::test_a", "test_a", Path(folder, "test_a.py")
        function = staticmethod(level_of)

        def get_closest_marker(self, name: str) -> pytest.Mark | None:
            return points(1, task="1.1", **marked).mark if name == "points" else None

    return check_of(cast(pytest.Function, Item())).feedback


def test_a_check_says_its_level() -> None:
    """The marker's argument; full for public checks and category for hidden ones without it; no other words."""
    assert level_of("tests") is Feedback.FULL
    assert level_of("grader/hidden") is Feedback.CATEGORY
    assert level_of("grader/hidden", feedback="count") is Feedback.COUNT
    with pytest.raises(pytest.UsageError, match="feedback 'loud'; there are count, category, input, full"):
        level_of("tests", feedback="loud")


def test_the_instructors_report_holds_all(tmp_path: Path) -> None:
    """A real grading: the JSON report has what a hidden check says, and its level; the page has none of it."""
    planted = specimen.load("subnormals_out_of_range")
    report = grade(specimen.compose(planted, tmp_path), Options(("5.5",), "none"))
    (hidden,) = (check for check in report.checks if not check.verdict.earns and check.hidden)
    data = {check["id"]: check for check in to_json(report)["checks"]}[hidden.id]
    assert (data["message"], data["feedback"]) == (hidden.message, "category")
    assert "expected" in hidden.message
    assert call_of(hidden.message).startswith("dynamic_range(")
    for make in SEEN.values():
        assert hidden.message.split("\n")[1].strip() not in make(report)
    assert json.loads(FORMATS["gradescope"](report))["score"] == report.score
