"""Every platform's format: valid, of the same sum as the report, and with nothing that a hidden check hides."""

from __future__ import annotations

import base64
import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import hypothesis.strategies as st
import jsonschema
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from grader.errors import GraderFault
from grader.files import PROJECT, write_atomically
from grader.model import CheckResult, Report, Verdict
from grader.reports.formats import FORMATS, SAY_FAULTS
from grader.reports.formats.classroom50 import handed_in
from grader.selftest.delivery import clients
from grader.selftest.reports.test_render import HOSTILE, check_of, format_schema, report_of
from tests.harness.tasks import CHOSEN, TASKS

VERDICTS = st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.GRADER_FAULT])
QUARTERS = st.integers(0, 80).map(lambda quarters: quarters / 4)
TEXTS = st.text(max_size=30) | st.sampled_from([*HOSTILE, "\ufffe\uffff", "=1+1", "a\n\n# b | c"])


RUNNER = clients.RUNNER | {"ASSIGNMENT_TYPE": "group"}
"""What classroom50's runner puts into the environment."""


@pytest.fixture(autouse=True, scope="module")
def runner() -> Iterator[None]:
    """As if classroom50's runner had called."""
    with pytest.MonkeyPatch.context() as patched:
        for variable, value in RUNNER.items():
            patched.setenv(variable, value)
        yield


@st.composite
def results(draw: st.DrawFn) -> CheckResult:
    """A check of a known task."""
    task, verdict, most = draw(st.sampled_from(sorted(TASKS))), draw(VERDICTS), draw(QUARTERS)
    number = draw(st.integers(0, 10**9))
    earned = most if verdict.earns else 0
    message = "" if verdict.earns else draw(TEXTS)
    hidden, took = draw(st.booleans()), draw(st.floats(0, 60))
    return CheckResult(f"{task}/c{number}", task, f"Check {number}", verdict, earned, most, message, hidden, took)


REPORTS = st.builds(
    Report,
    submission=TEXTS,
    sha256=st.just("0" * 64),
    grader_version=st.just("0.1.0"),
    isolation=st.just("bwrap"),
    checks=st.lists(results(), max_size=8, unique_by=lambda check: check.id).map(tuple),
    problem=st.none() | TEXTS,
    notes=st.lists(TEXTS, max_size=2).map(tuple),
)


def of_json(key: str, path: tuple[str, ...] = ("tests",), scale: int = 1) -> Callable[[str], Fraction]:
    """Adds up one field of the tests, as a platform does."""

    def total(text: str) -> Fraction:
        data = json.loads(text)
        for step in path:
            data = data[step]
        return sum((Fraction(test[key]) for test in data), Fraction(0)) / scale

    return total


def of_ctrf(text: str) -> Fraction:
    """Points under `extra`."""
    return sum((Fraction(test["extra"]["points"]) for test in json.loads(text)["results"]["tests"]), Fraction(0))


def of_junit(text: str) -> Fraction:
    """Points in properties."""
    held = Xml.fromstring(text).iterfind(".//property[@name='points']")
    return sum((Fraction(each.attrib["value"]) for each in held), Fraction(0))


def of_csv(text: str) -> Fraction:
    """A column."""
    return sum((Fraction(row["points"]) for row in csv.DictReader(io.StringIO(text, newline=""))), Fraction(0))


def of_lines(text: str) -> Fraction:
    """MarkUs adds up the lines, in hundredths."""
    return sum((Fraction(json.loads(line)["marks_earned"]) for line in text.split("\n")[:-1]), Fraction(0)) / 100


def of_vpl(text: str) -> Fraction:
    """The last line that begins with the word for a grade, as VPL looks for it."""
    return Fraction(re.findall(r"^Grade :=>>(.*)$", text, re.MULTILINE)[-1])


def of_last_line(text: str) -> Fraction:
    """Autolab reads the last line."""
    scores = json.loads(text.split("\n")[-2])["scores"]
    return sum(map(Fraction, scores.values()), Fraction(0))


def of_markdown(text: str) -> Fraction:
    """The third column of the rendered table."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    cells = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "td_open"]
    return sum((Fraction(cell.split(" / ")[0]) for cell in cells[2::4]), Fraction(0))


WITHOUT_POINTS = ("codegrade", "exercism")
"""Formats that tell a share of all points, or none."""

SUMS: dict[str, Callable[[str], Fraction]] = {
    "gradescope": of_json("score"),
    "github-classroom": of_json("score"),
    "classroom50": of_json("score", scale=100),
    "prairielearn": of_json("points"),
    "autolab": of_last_line,
    "markus": of_lines,
    "vpl": of_vpl,
    "junit": of_junit,
    "ctrf": of_ctrf,
    "markdown": of_markdown,
    "csv": of_csv,
}


@pytest.mark.slow
@settings(max_examples=1000)
@given(report=REPORTS)
def test_sums_agree_in_all_formats(report: Report) -> None:
    """What each platform adds up is the report's score, to the last quarter of a point."""
    assert report.score is not None
    assert {name: total(FORMATS[name](report)) for name, total in SUMS.items()} == dict.fromkeys(
        SUMS, Fraction(report.score)
    )
    assert {*SUMS, *WITHOUT_POINTS} == {*FORMATS}


@given(report=REPORTS)
def test_totals_that_are_written_out_are_the_score(report: Report) -> None:
    """Where a platform reads a total, it is the sum, too."""
    total = {name: json.loads(FORMATS[name](report)) for name in ("gradescope", "classroom50", "prairielearn")}
    assert total["gradescope"]["score"] == report.score
    assert report.score is not None
    assert total["classroom50"]["score"] == 100 * report.score
    assert total["prairielearn"]["score"] * report.max_score == pytest.approx(report.score)
    share = Fraction(json.loads(FORMATS["codegrade"](report))["points"])
    assert float(share) * report.max_score == pytest.approx(report.score, abs=1e-5)


NO_WORDS = ("classroom50", "codegrade")
"""Formats that have no field for what a check says."""


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """Of a format's schema, which is one itself."""
    jsonschema.Draft202012Validator.check_schema(format_schema(name))
    return jsonschema.Draft202012Validator(format_schema(name))


def tree_of(element: Xml.Element) -> dict[str, Any]:
    """An element of XML as the plain data that a JSON schema speaks of: {"is", "has", "holds"}."""
    return {"is": element.tag, "has": dict(element.attrib), "holds": [tree_of(each) for each in element]}


@settings(max_examples=200)
@given(report=REPORTS)
def test_every_format_is_valid(report: Report) -> None:
    """JSON by its schema, line by line where it is lines; XML, CSV and markdown by what reads them."""
    for name in FORMATS:
        text = FORMATS[name](report)
        if name in ("autolab", "markus"):
            documents = [json.loads(line) for line in text.split("\n")[:-1]]
        elif name == "junit":
            documents = [tree_of(Xml.fromstring(text))]
        elif name in ("markdown", "csv", "vpl"):
            continue
        else:
            documents = [json.loads(text)]
        for document in documents:
            validator(name).validate(document)
    suites = Xml.fromstring(FORMATS["junit"](report))
    assert sum(int(suite.attrib["tests"]) for suite in suites) == len(report.checks) == int(suites.attrib["tests"])
    lost = [*suites.iter("failure"), *suites.iter("skipped"), *suites.iter("error")]
    assert len(lost) == sum(not check.verdict.earns for check in report.checks)
    rows = list(csv.reader(io.StringIO(FORMATS["csv"](report), newline="")))
    assert {len(row) for row in rows} == {9}
    assert len(rows) == 1 + len(report.checks)


@pytest.mark.parametrize("name", FORMATS)
def test_hidden_checks_keep_their_inputs(name: str) -> None:
    """A public message is told, a hidden one is not."""
    secret = replace(check_of(Verdict.FAILED, "314159", hidden=True), id="1.2/y")
    report = report_of(check_of(Verdict.FAILED, "asked for 271828"), secret)
    text = FORMATS[name](report)
    assert ("271828" in text) == (name not in NO_WORDS), "they have no field for it"
    assert "314159" not in text


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in SAY_FAULTS])
def test_no_score_is_written_as_no_score(name: str) -> None:
    """A fault of the grader's is an error, never a zero."""
    with pytest.raises(GraderFault, match="no score"):
        FORMATS[name](report_of(check_of(Verdict.GRADER_FAULT, "")))


def states(name: str, text: str) -> list[str]:
    """What readers of JUnit or CTRF count, test by test: passed, skipped, or red."""
    if name == "ctrf":
        results = json.loads(text)["results"]
        kinds = [test["status"] for test in results["tests"]]
        assert results["summary"]["failed"] == kinds.count("failed")
        return ["red" if kind == "failed" else kind for kind in kinds]
    suites = Xml.fromstring(text)
    for each in (suites, *suites):
        assert int(each.attrib["errors"]) == len(list(each.iter("error")))
        assert int(each.attrib["failures"]) == len(list(each.iter("failure")))
    inside = [{child.tag for child in case} - {"system-out"} for case in suites.iter("testcase")]
    red = {"error", "failure"}
    return ["red" if kinds & red else "skipped" if kinds else "passed" for kinds in inside]


@pytest.mark.parametrize("name", SAY_FAULTS)
def test_a_fault_is_red_and_says_no_points(name: str) -> None:
    """Where a format has words for a fault of the grader's, it is an error; no points are written, nor a zero."""
    broken = replace(check_of(Verdict.GRADER_FAULT, "no disk"), id="1.2/y")
    text = FORMATS[name](report_of(check_of(Verdict.PASSED, ""), broken))
    assert states(name, text) == ["passed", "red"]
    assert "no disk" in text
    assert "point" not in text
    assert "score" not in text


@pytest.mark.parametrize("name", SAY_FAULTS)
def test_what_can_not_be_graded_is_red(name: str) -> None:
    """A broken archive is an error with its sentence, since readers show skipped tests in green; a skip is one."""
    skipped = check_of(Verdict.SKIPPED, "no GPU here")
    assert states(name, FORMATS[name](report_of(skipped))) == ["skipped"]
    text = FORMATS[name](replace(report_of(skipped, skipped), problem="'s.zip' is no archive"))
    assert states(name, text) == ["red", "red"]
    assert "is no archive" in text or name == "ctrf"


def test_the_junit_schema_is_jenkins_own() -> None:
    """Properties belong to a suite: in a case Jenkins refuses them, and so does the schema here."""
    case = tree_of(Xml.fromstring('<testcase name="a"><properties/></testcase>'))
    suite = {
        "is": "testsuite",
        "has": dict.fromkeys(("name", "tests", "failures", "errors"), "0"),
        "holds": [case],
    }
    assert not validator("junit").is_valid({"is": "testsuites", "has": {}, "holds": [suite]})
    suite["holds"] = [tree_of(Xml.fromstring("<properties/>"))]
    assert validator("junit").is_valid({"is": "testsuites", "has": {}, "holds": [suite]})


LIMITS = {
    "prairielearn": 1_000_000,
    "github-classroom": 96_000,
    "autolab": 400_000,
    "vpl": 400_000,
    "exercism": 1_000_000,
    "markdown": 1_000_000,
}


@pytest.mark.parametrize("letter", ["a", "日", "|", "\\", "\x1b"])
@pytest.mark.parametrize("name", FORMATS)
def test_long_messages_are_cut_to_what_a_platform_takes(name: str, letter: str) -> None:
    """With as many checks as there are, each with a long message; points are not touched."""
    long = [
        replace(
            check_of(Verdict.FAILED, letter * 50_000), id=f"1.2/{n}", title="A title of about forty characters"
        )
        for n in range(150)
    ]
    earned = replace(check_of(Verdict.PASSED, ""), id="1.2/earned")
    text = FORMATS[name](report_of(*long, earned))
    assert len(text.encode()) <= LIMITS.get(name, 15_000_000)
    assert ("(cut)" in text) or name in NO_WORDS or (name == "markdown" and "&#40;cut&#41;" in text)
    assert name in WITHOUT_POINTS or SUMS[name](text) == 2


def test_base64_of_the_longest_fits_an_environment_variable() -> None:
    """128 KiB, with the variable's name."""
    assert len(base64.b64encode(bytes(LIMITS["github-classroom"]))) + len("GRADER_RESULTS=\0") < 128 * 1024


def test_classroom50_is_told_what_its_runner_knows() -> None:
    """Each field is a variable of the runner's; who hands in is the owner, and nobody is named besides."""
    data = json.loads(FORMATS["classroom50"](report_of(check_of(Verdict.PASSED, ""))))
    told = {key: value for key, value in data.items() if key not in ("schema", "score", "max-score", "tests")}
    assert told == {
        "classroom": "cs",
        "assignment": "lm-basics",
        "submission": RUNNER["SUBMISSION_TAG"],
        "commit": RUNNER["COMMIT_URL"],
        "release": RUNNER["RELEASE_URL"],
        "review": RUNNER["REVIEW_URL"],
        "owner": "ada",
        "assignment_type": "group",
        "datetime": "2026-11-27T10:00:05Z",
    }


@pytest.mark.parametrize("variable", RUNNER)
def test_a_variable_that_is_not_set_is_a_field_that_classroom50_refuses(variable: str) -> None:
    """It is never a made-up value; but without a type there is one person, and an older runner says USERNAME."""
    left = {name: value for name, value in RUNNER.items() if name != variable}
    data = json.loads(FORMATS["classroom50"](report_of(check_of(Verdict.PASSED, "")))) | handed_in(left)
    assert validator("classroom50").is_valid(data) == (variable == "ASSIGNMENT_TYPE")
    assert handed_in(left | {"USERNAME": "bob"})["owner"] == ("bob" if variable == "OWNER" else "ada")


def test_markus_gets_whole_marks_that_give_the_criterion_the_same_share() -> None:
    """A quarter of three quarters of a point: 25 of 75, neither of which JSON writes with a point."""
    quarter = replace(check_of(Verdict.PASSED, ""), points=0.25, max_points=0.75)
    text = FORMATS["markus"](report_of(quarter))
    assert '"marks_earned": 25, "marks_total": 75,' in text


def test_points_are_whole_hundredths() -> None:
    """So that whole numbers can hold them, for classroom50 and MarkUs."""
    worth = [
        Fraction(points)
        for path in [*PROJECT.glob("tests/test_*.py"), *PROJECT.glob("grader/hidden/test_*.py")]
        for points in re.findall(r"^@points\(([\d.]+),", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert len(worth) > 100
    assert all((100 * points).denominator == 1 for points in worth)


def test_a_submission_writes_no_markup() -> None:
    """Neither HTML nor markdown of a submission's becomes a link, a heading, a row or a picture."""
    text = "<script>1</script>\n\n# big\n\n| a | b |\n![x](http://x) [y](z) `c` **d** @everyone </pre>"
    page = FORMATS["markdown"](report_of(check_of(Verdict.FAILED, text)))
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    inline = [child.type for token in tokens for child in token.children or []]
    assert [token.type for token in tokens if token.type == "heading_open"] == ["heading_open"]
    assert not {"image", "link_open", "strong_open", "code_inline"} & set(inline)
    assert page.count("<pre>") == page.count("</pre>") == 1
    assert "<script>" not in page
    assert "@everyone" not in page


def test_a_spreadsheet_runs_nothing() -> None:
    """A cell that begins as a formula is a text."""
    for name in ("=cmd()", "x;=cmd();y"):
        named = Report(name, "0" * 64, "0.1.0", "bwrap", (check_of(Verdict.PASSED, ""),), None, ())
        for by in ",;":
            row = next(csv.reader([FORMATS["csv"](named).split("\n")[1]], delimiter=by))
            assert not any(cell.startswith("=") for cell in row)


def test_a_spreadsheet_is_told_that_it_is_utf_8(tmp_path: Path) -> None:
    """By the three bytes that Excel looks for. Who does not read past them misses the first column's name only."""
    table = tmp_path / "points.csv"
    write_atomically(table, FORMATS["csv"](report_of(check_of(Verdict.FAILED, "日, é; ü"))))
    assert table.read_bytes().startswith(codecs.BOM_UTF8)
    columns = {"utf-8-sig": "submission", "utf-8": "\ufeffsubmission"}
    for encoding, first in columns.items():
        with table.open(encoding=encoding, newline="") as file:
            [row] = csv.DictReader(file)
        assert next(iter(row)) == first
        assert (row[first], row["points"]) == ("s.zip", "0")
        assert row["message"].endswith("日, é; ü")


def test_commas_separate_whatever_a_spreadsheet_s_language() -> None:
    """No first line names a separator; a reader that guesses it guesses the comma, semicolons in cells or not."""
    text = FORMATS["csv"](report_of(check_of(Verdict.FAILED, "a;b;c\nd;e;f,g")))
    assert text.startswith("\ufeffsubmission,task,check,")
    assert csv.Sniffer().sniff(text, ",;\t").delimiter == ","


def comments(text: str) -> list[str]:
    """What VPL shows, line by line: it takes a block, too, that begins and ends with marks of its own."""
    assert not re.findall(r"^[ \t]*(?:<\|--|--\|>)[ \t]*$", text, re.MULTILINE)
    return [line.removeprefix("Comment :=>>") for line in text.splitlines() if line.startswith("Comment :=>>")]


def test_vpl_shows_headings_and_diagnoses() -> None:
    """A heading for each task, a check's title, and what it says as it was written; then the grade."""
    text = FORMATS["vpl"](report_of(check_of(Verdict.FAILED, "f(1)\n  expected  2"), check_of(Verdict.PASSED, "")))
    assert comments(text) == [
        "Score 2 of 4",
        f"-1.2 {TASKS['1.2'].title}: 2 of 4 points, 1 of 2 checks lost",
        "1.2 A title",
        ">FAILED",
        ">  f(1)",
        ">    expected  2",
    ]
    assert text.endswith("\nGrade :=>>2\n")


@pytest.mark.parametrize("line", ["Grade :=>>100", "\nGrade :=>>100\n", "\r\nGrade :=>>100\r\n", "<|--\nx\n--|>"])
def test_a_submission_gives_itself_no_grade_on_vpl(line: str) -> None:
    """Neither by what it prints nor by its name: only the last line is a grade, and all others are comments."""
    text = FORMATS["vpl"](replace(report_of(check_of(Verdict.FAILED, line)), submission=line, notes=(line,)))
    assert re.findall(r"^(Grade|Comment)(?= :=>>)", text, re.MULTILINE) == ["Comment"] * (text.count("\n") - 1) + [
        "Grade"
    ]
    assert len(comments(text)) == text.count("\n") - 1
    assert of_vpl(text) == 0


def test_codegrade_finds_the_share_at_the_end() -> None:
    """The expression of its Capture Points test wants a point in the number: 1 alone is none."""
    share = r'"points": "(-?(?:1\.0*|0\.\d*|\.\d+))'
    for kinds, points in (((Verdict.PASSED,), 1.0), ((Verdict.PASSED, Verdict.FAILED), 0.5), ((), 0.0)):
        text = FORMATS["codegrade"](report_of(*(check_of(kind, "") for kind in kinds)))
        assert [float(found) for found in re.findall(share, text)] == [points]


def test_exercism_ties_each_test_to_a_task() -> None:
    """By its place in the handout, in that order; what failed says why, and what passed says nothing."""
    other = replace(check_of(Verdict.CRASHED, "boom"), id="2.1/x", task="2.1")
    data = json.loads(FORMATS["exercism"](report_of(other, check_of(Verdict.PASSED, ""))))
    assert (data["version"], data["status"], data["message"]) == (3, "fail", None)
    told = [(test["task_id"], test["status"], test["message"]) for test in data["tests"]]
    places = [list(CHOSEN.tasks).index(task) + 1 for task in ("1.2", "2.1")]
    assert told == [(places[0], "pass", None), (places[1], "error", "CRASHED\n  boom")]
    unread = replace(report_of(other), problem="'s.zip' is no archive")
    assert json.loads(FORMATS["exercism"](unread)) == {
        "version": 3,
        "status": "error",
        "message": "'s.zip' is no archive",
        "tests": [],
    }


def test_what_can_not_be_read_costs_no_attempt() -> None:
    """PrairieLearn's `gradable` says whether the submission could be graded."""
    problem = Report("s", "0" * 64, "0.1.0", "bwrap", (check_of(Verdict.SKIPPED, "no"),), "no assignment/", ())
    data = json.loads(FORMATS["prairielearn"](problem))
    assert data["gradable"] is False
    assert data["format_errors"] == ["no assignment/"]
