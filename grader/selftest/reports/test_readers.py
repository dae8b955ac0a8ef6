"""What readers see of a submission's words, and of hidden checks: the words as words, the rest not at all."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from grader.grading import with_level
from grader.model import CheckResult, Feedback, Report, Verdict
from grader.reports import json_text, render, to_html, to_json
from grader.reports.formats import FORMATS

MARK = "Score 97 of 97"
WIDTH = 78


def printed(report: Report, *, terminal: bool = False, staff: bool = False) -> str:
    """What is printed into a log, or on a terminal of 78 columns."""
    out = io.StringIO()
    render(report, Console(file=out, width=WIDTH, force_terminal=terminal, color_system=None), staff=staff)
    return out.getvalue()


def on_a_terminal(report: Report) -> str:
    """What a terminal shows."""
    return printed(report, terminal=True)


SEEN: dict[str, Callable[[Report], str]] = {
    **FORMATS,
    "html": to_html,
    "log": printed,
    "terminal": on_a_terminal,
}
"""All that a student may get to see."""

BREAKS = (
    "\n",
    "\r",
    "\r\n",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\n\n \n\t",
    " " * 70,
)
COMMANDS = (
    MARK,
    f"::error::{MARK}",
    f" \t::set-output name=a::{MARK}",
    f"##[error]{MARK}",
    f"##vso[task.x]{MARK}",
)
TRICKS = (
    "\x1b[2K\x1b[1G",
    "\x9b1G",
    "\x08" * 9,
    "\u202e",
    "\u2066",
    "\u200b",
    "\u3164",
    "\ufe0f",
    "\u0301" * 30,
    "日" * 40,
    "\udcff",
    "\ufeff",
)
WORDS = st.lists(st.sampled_from([*BREAKS, *COMMANDS, *TRICKS]) | st.text(max_size=5), max_size=9).map("".join)


@st.composite
def lost(draw: st.DrawFn, texts: st.SearchStrategy[str] = WORDS) -> CheckResult:
    """A check that is lost, public or hidden with full feedback."""
    task, hidden = draw(st.sampled_from(["1.1", "1.2"])), draw(st.booleans())
    name = f"{task}/c{draw(st.integers(0, 10**9))}"
    return CheckResult(
        name, task, "A title", Verdict.FAILED, 0, 1, draw(texts), hidden, 0.5, draw(st.sampled_from(Feedback))
    )


@st.composite
def hostile(draw: st.DrawFn) -> Report:
    """A report all of whose words are the submission's."""
    checks = tuple(draw(st.lists(lost(), max_size=4, unique_by=lambda check: check.id)))
    notes, problem = tuple(draw(st.lists(WORDS, max_size=2))), draw(st.none() | WORDS)
    return Report(draw(WORDS), "0" * 64, "0.1.0", "bwrap", checks, problem, notes, (draw(WORDS),))


def strings(data: Any) -> Iterator[str]:
    """All texts in JSON."""
    if isinstance(data, dict):
        data = [*data, *data.values()]
    if isinstance(data, list):
        for each in data:
            yield from strings(each)
    elif isinstance(data, str):
        yield data


def texts_of(name: str, made: str) -> list[str]:
    """The file itself, and each text of several lines that is in it."""
    if name in ("autolab", "markus"):
        held = [text for line in made.split("\n")[:-1] for text in strings(json.loads(line))]
    elif name in ("junit", "markdown", "csv", "vpl", "html", "log", "terminal"):
        held = []
    else:
        held = list(strings(json.loads(made)))
    return [made.removeprefix("\ufeff"), *(text for text in held if "\n" in text)]


SPOKEN = CheckResult("1.1/a", "1.1", "A", Verdict.FAILED, 0, 1, f"f(1)\n{MARK}\n::error::{MARK}", False, 0.5)


@example(report=Report("s", "0" * 64, "0.1.0", "bwrap", (SPOKEN,), None, (f"\n{MARK}",)))
@given(report=hostile())
def test_no_words_of_a_submission_begin_a_line(report: Report) -> None:
    """Whatever breaks lines somewhere: no forged score, no command of GitHub's, Azure's or a terminal's."""
    report = replace(report, submission=f"s{report.submission}")  # a spreadsheet's first column
    for name, make in SEEN.items():
        for text in texts_of(name, make(report)):
            lines = text.replace("\r", "\n").splitlines()
            assert not [line for line in lines if line.startswith(MARK)], name
            assert not [line for line in lines if line.lstrip().startswith("::")], name
            assert "##[" not in text, name
            assert "##vso[" not in text, name
            assert all(c == "\n" or c.isprintable() for c in text), name


@given(report=hostile())
def test_a_terminal_breaks_no_line_by_itself(report: Report) -> None:
    """Wide characters counted as two: what a terminal would put below the beginning is put further right by us."""
    for line in on_a_terminal(report).split("\n"):
        assert cell_len(line) <= WIDTH
        assert not line.startswith(MARK)
    assert f"\n{MARK}" not in printed(report)


@given(report=hostile())
def test_every_file_can_be_encoded(report: Report) -> None:
    """Names and messages with surrogates, as of a file's name that is no UTF-8: in all formats, whole in JSON."""
    for make in SEEN.values():
        make(report).encode()
    whole = json_text(to_json(report))
    whole.encode()
    assert all(c == "\n" or c.isprintable() for c in whole)
    assert json.loads(whole) == to_json(report)


LOST = st.sampled_from([Verdict.FAILED, Verdict.CRASHED, Verdict.TIMEOUT, Verdict.MEMORY, Verdict.OUTPUT])
CALL = "f(1)\n  "
HIDDEN_TEXTS = st.sampled_from(
    ["got       2", "expected  3", "2\n  got       7", "", "x" * 5_000, "assert 1 == 2", "not written: 'f(2)\\n'"]
)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Report, Report]:
    """Two reports that differ only in what the level of their hidden checks hides."""
    level = draw(st.sampled_from([Feedback.COUNT, Feedback.CATEGORY, Feedback.INPUT]))
    first, second = [], []
    verdicts = [Verdict.PASSED, Verdict.FAILED, Verdict.NOT_WRITTEN, Verdict.TIMEOUT]
    for number in range(draw(st.integers(1, 6))):
        task, hidden = draw(st.sampled_from(["1.1", "1.2"])), draw(st.integers(0, 3)) > 0
        verdict = draw(st.sampled_from(verdicts))
        check = CheckResult(
            f"{task}/c{number}", task, f"Title {number}", verdict, verdict.earns, 1, "", hidden, 0.5, level
        )
        both = [check if hidden else replace(check, feedback=Feedback.FULL)] * 2
        if hidden:
            both = [varied(draw, check) for _ in "ab"]
        first.append(both[0])
        second.append(both[1])
    if level is Feedback.COUNT:
        second = shuffled(draw, second)
    common = {"submission": "s", "sha256": "0" * 64, "grader_version": "1", "isolation": "bwrap"}
    return tuple(  # type: ignore[return-value]
        Report(**common, checks=tuple(checks), problem=None, notes=(), suspicions=(draw(WORDS),))
        for checks in (first, second)
    )


def varied(draw: st.DrawFn, check: CheckResult) -> CheckResult:
    """A hidden check with another time, and another message or verdict as far as its level hides that."""
    check = replace(check, wall_s=draw(st.floats(0, 600)))
    if check.verdict.earns:
        return check
    if check.level is Feedback.COUNT:
        check = replace(check, verdict=draw(LOST | st.just(Verdict.NOT_WRITTEN)), title=draw(st.text(max_size=9)))
    rest = draw(HIDDEN_TEXTS)
    rest = f"{CALL}got       {rest}" if check.level is Feedback.INPUT else rest
    return replace(check, message=rest)


def shuffled(draw: st.DrawFn, checks: list[CheckResult]) -> list[CheckResult]:
    """The hidden ones of each task in another order, under the names that were there."""
    for task in ("1.1", "1.2"):
        at = [n for n, check in enumerate(checks) if check.hidden and check.task == task]
        for n, check in zip(at, draw(st.permutations([checks[n] for n in at])), strict=True):
            checks[n] = replace(check, id=f"{task}/c{n}")
    return checks


@given(pair=pairs())
def test_what_a_level_hides_changes_no_byte(pair: tuple[Report, Report]) -> None:
    """Messages, times, suspicions, and at "count" verdicts, titles and which are lost: students see none of it."""
    for name, make in SEEN.items():
        assert make(pair[0]) == make(pair[1]), name


@pytest.mark.parametrize("level", Feedback)
def test_no_time_of_a_hidden_check_is_told(level: Feedback) -> None:
    """Neither alone nor in a total, at any level, while those of public checks are, and staff see all of them."""
    public = CheckResult("1.1/a", "1.1", "A", Verdict.PASSED, 1, 1, "", False, 1.25)
    slow = CheckResult("1.1/b", "1.1", "B", Verdict.PASSED, 1, 1, "", True, 3.75)
    report = with_level(Report("s", "0" * 64, "1", "bwrap", (public, slow), None, ()), level)
    for make in SEEN.values():
        assert make(report) == make(replace(report, checks=(public, replace(report.checks[1], wall_s=9.0))))
    assert "1.250" in FORMATS["junit"](report)
    assert "1250" in FORMATS["ctrf"](report)
    assert to_json(report)["checks"][1]["wall_s"] == 3.75
    failed = replace(report, checks=(replace(slow, verdict=Verdict.FAILED, points=0),))
    assert "3.75 s" in printed(failed, staff=True)


def test_suspicions_are_for_staff() -> None:
    """They stand in the JSON report and, on demand, on the terminal; with them what hidden checks say."""
    secret = CheckResult("1.1/b", "1.1", "B", Verdict.FAILED, 0, 1, "f(31)\n  got       2", True, 0.1)
    report = Report("s", "0" * 64, "1", "bwrap", (secret,), None, (), ("bpe.py:1 imports ctypes",))
    assert not [name for name, make in SEEN.items() if "ctypes" in make(report)]
    assert to_json(report)["suspicions"] == ["bpe.py:1 imports ctypes"]
    assert "worth a look: bpe.py:1 imports ctypes" in printed(report, staff=True)
    assert "f(31)" in printed(report, staff=True)
