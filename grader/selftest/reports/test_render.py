"""Reports on the terminal, as JSON, HTML and Gradescope's results.json."""

from __future__ import annotations

import io
import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from grader.errors import GraderFault, UsageError
from grader.files import write_atomically
from grader.model import CheckResult, Report, Verdict
from grader.reports.formats import FORMATS
from grader.reports.formats.gradescope import to_gradescope
from grader.reports.html import to_html
from grader.reports.json_report import from_json, schema, to_json
from grader.reports.terminal import render
from grader.selftest.pages import Page

HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07 [bold red]x[/] </pre><script>alert(1)</script> \u202egnp.exe \r ${x} {{ 7*7 }} 日"
)

verdicts = st.sampled_from([v for v in Verdict if v is not Verdict.GRADER_FAULT])
points = st.integers(0, 40).map(lambda n: n / 4)


@st.composite
def checks(draw: st.DrawFn, verdict: st.SearchStrategy[Verdict] = verdicts) -> CheckResult:
    """A check of any verdict."""
    found, most = draw(verdict), draw(points)
    name = draw(st.text("abc_", min_size=1, max_size=8))
    return CheckResult(
        id=f"1.2/{name}",
        task="1.2",
        title=draw(st.text(min_size=1, max_size=20)),
        verdict=found,
        points=most if found.earns else 0,
        max_points=most,
        message="" if found.earns else draw(st.text(max_size=60)),
        hidden=draw(st.booleans()),
        wall_s=draw(st.integers(0, 9000)) / 1000,
    )


reports = st.builds(
    Report,
    submission=st.text(max_size=20),
    sha256=st.just("0" * 64),
    grader_version=st.just("0.1.0"),
    isolation=st.sampled_from(["bwrap", "none"]),
    checks=st.lists(checks(), max_size=8).map(tuple),
    problem=st.none() | st.text(max_size=30),
    notes=st.lists(st.text(max_size=30), max_size=3).map(tuple),
)


def report_of(*results: CheckResult) -> Report:
    """A report of these checks."""
    return Report("s.zip", "0" * 64, "0.1.0", "bwrap", results, None, ())


def check_of(verdict: Verdict, message: str, hidden: bool = False) -> CheckResult:
    """A check with this message."""
    return CheckResult("1.2/x", "1.2", "A title", verdict, 2 * verdict.earns, 2, message, hidden, 0.1)


def printed(report: Report) -> str:
    """What the terminal shows."""
    out = io.StringIO()
    render(report, Console(file=out, width=100, force_terminal=True, color_system=None))
    return out.getvalue()


@given(report=reports)
def test_json_follows_its_schema_and_comes_back(report: Report) -> None:
    """to_json validates, survives text, and from_json gives the report again."""
    data = json.loads(json.dumps(to_json(report)))
    jsonschema.validate(data, schema(), cls=jsonschema.Draft202012Validator)
    assert from_json(data) == report


def test_the_schema_is_one() -> None:
    """Both schemas are valid JSON Schema."""
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator.check_schema(format_schema("gradescope"))


def test_a_damaged_report_is_named() -> None:
    """from_json says which place is wrong."""
    data = to_json(report_of(check_of(Verdict.PASSED, "")))
    data["checks"][0]["verdict"] = "GOOD"
    with pytest.raises(UsageError, match=r"checks\[0\].verdict"):
        from_json(data)


@given(report=reports)
def test_gradescope_adds_up(report: Report) -> None:
    """The documented fields only, and tests that sum to the score."""
    data = json.loads(FORMATS["gradescope"](report))
    jsonschema.validate(data, format_schema("gradescope"), cls=jsonschema.Draft202012Validator)
    assert data["score"] == report.score == sum(test["score"] for test in data["tests"])
    assert sum(test["max_score"] for test in data["tests"]) == report.max_score
    assert not [test for test in data["tests"] if "visibility" in test]  # it would be stronger than that of all


def test_gradescope_hides_what_hidden_checks_say() -> None:
    """A hidden check shows neither input nor expected value, a public one both."""
    report = report_of(check_of(Verdict.FAILED, "secret", hidden=True), check_of(Verdict.FAILED, "shown"))
    text = FORMATS["gradescope"](report)
    assert "secret" not in text
    assert "shown" in text
    assert "Hidden checks hold 2 of 4 points." in text


def test_a_fault_of_the_graders_gives_no_score_anywhere() -> None:
    """Null in JSON, a sentence on the terminal, nothing for Gradescope."""
    report = report_of(check_of(Verdict.PASSED, ""), check_of(Verdict.GRADER_FAULT, "oops"))
    assert to_json(report)["score"] is None
    assert "No score" in printed(report)
    assert "No score" in to_html(report)
    with pytest.raises(GraderFault):
        to_gradescope(report)


def test_hostile_text_is_shown_as_text() -> None:
    """No control sequence, markup, script or template of a submission takes effect."""
    report = report_of(check_of(Verdict.FAILED, HOSTILE))
    terminal, page, scope = printed(report), to_html(report), FORMATS["gradescope"](report)
    for text in (terminal, page, scope):
        assert "\x1b[2J" not in text
        assert "\u202e" not in text
        assert "[bold red]x[/]" in text
        assert "{{ 7*7 }}" in text
        assert "日" in text
    assert "<script" not in page


def test_the_page_is_self_contained() -> None:
    """Nothing is loaded or run, every tag is closed."""
    page = Page(to_html(report_of(check_of(Verdict.PASSED, ""), check_of(Verdict.FAILED, "x"))))
    assert page.links == set()


def test_an_unwritten_task_is_one_line() -> None:
    """All checks NOT_WRITTEN: the task's line says so, and nothing else is said."""
    text = printed(report_of(*[check_of(Verdict.NOT_WRITTEN, "Task 1.2")] * 9))
    assert text.count("not written") == 1
    assert "NOT_WRITTEN" not in text
    assert len(text.splitlines()) == 3


def test_without_isolation_the_report_says_so() -> None:
    """A score that could be forged is never shown without a warning."""
    report = Report("s", "0" * 64, "0.1.0", "none", (), None, ())
    assert "not isolated" in printed(report)
    assert "Not isolated" in to_html(report)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old content stays, and no temporary file is left."""
    path = tmp_path / "report.json"
    write_atomically(path, "old")

    def fail(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(GraderFault, match="disk full; what was there before still is"):
        write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(UsageError, match="nowhere"):
        write_atomically(tmp_path / "nowhere" / "x", "")


def format_schema(name: str) -> dict[str, Any]:
    """The schema of a platform's JSON."""
    text = resources.files("grader.reports.formats").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
