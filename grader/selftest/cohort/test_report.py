"""Pages on a class and for its students: numbers are right, links lead somewhere, nothing hidden gets out."""

from __future__ import annotations

import random
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cohort import Store, Student, class_html, enroll, file_of, histories, opened, override, write_students
from grader.cohort.items import advice, items, misconceptions
from grader.cohort.plots import Bar, bars
from grader.course import USUAL
from grader.delivery import handout_page
from grader.files import PROJECT
from grader.model import CheckResult, Feedback, Report, Verdict
from grader.proofs import specimen
from grader.selftest.cohort.stores import FAIL, PASS, attempt, graded, report
from grader.selftest.cohort.test_class import said
from grader.selftest.pages import Page, anchors
from tests.harness.expect import CALLS, Failure, expect
from tests.harness.tasks import TASKS

HOSTILE = (
    "<script>alert(1)</script>",
    "../../Ann",
    "ann\u202egnp",
    "=cmd()",
    "Ann",
    "ann",
    'a" onclick="x',
    "x" * 300,
)
BLANK = Verdict.NOT_WRITTEN
HANDOUT = anchors((PROJECT / "handout.md").read_text(encoding="utf-8"))


def written(store: Store, folder: Path, counts: str = "last") -> dict[str, str]:
    """All pages as text, by their paths in a folder, the class's own as `class.html`."""
    found = histories(store)
    write_students(folder / "pages", found, counts, "the handout")
    (folder / "class.html").write_text(class_html(store, found, counts, "pages/"), encoding="utf-8")
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")
    }


def hold(pages: dict[str, str]) -> None:
    """Each page stands by itself, shows what is not seen, and each link leads to what is there."""
    read = {name: Page(text) for name, text in pages.items() if not name.endswith("handout.html")}
    for name, page in read.items():
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", pages[name]), name
        for link in page.links:
            target, _, place = link.partition("#")
            if target.endswith("handout.html"):
                assert place in HANDOUT
            elif target:
                assert target in pages
            else:
                assert place in page.identifiers
    linked = {link.partition("#")[0] for page in read.values() for link in page.links}
    assert set(read) - {"class.html"} <= linked


def test_items_by_hand() -> None:
    """Three have tried `a`; those who passed have 4 and 2 points elsewhere, who lost it has 2: r = 1/2."""
    class_ = [
        report(t1_1_a=PASS, t1_2_b=PASS, t1_2_c=PASS),
        report(t1_1_a=PASS, t1_2_b=FAIL, t1_2_c=PASS),
        report(t1_1_a=FAIL, t1_2_b=FAIL, t1_2_c=PASS),
        report(t1_1_a=BLANK, t1_2_b=FAIL, t1_2_c=PASS),
    ]
    b, a, c = items(class_, {"1.2/t1_2_c": 2})
    assert (a.passed, a.tried, a.not_written, a.facility) == (2, 3, 1, 2 / 3)
    assert a.discrimination == pytest.approx(0.5)
    assert a.facility_interval
    assert (round(a.facility_interval.low, 4), round(a.facility_interval.high, 4)) == (0.2077, 0.9385)
    assert a.discrimination_interval is None  # of three students
    assert (a.separates, a.dead) == (True, False)
    assert (b.passed, b.tried, b.separates) == (1, 4, True)
    assert (c.facility, c.discrimination, c.separates, c.dead) == (1, None, False, False)
    assert [item.check.task for item in items(class_, {}) if item.dead] == ["1.2"]
    assert items([report(t1_1_a=BLANK)], {})[0].facility is None


def test_sentences_are_read_as_diagnoses_write_them() -> None:
    """One mistake, two of them, a hint, a hint of two lines, and none; whatever the values look like."""
    for mistakes, hint, sentences in (
        ({"it was rounded": lambda: 30}, "a hint", ["it was rounded"]),
        ({"it was rounded": lambda: 30, "it was cut": lambda: 30}, "", ["it was rounded", "it was cut"]),
        ({"it was cut": lambda: 40}, "a hint", ["a hint"]),
        ({}, "a hint\nof two lines", ["a hint of two lines"]),
        ({}, "", []),
    ):
        with pytest.raises(Failure) as caught:
            expect(30, 20, hint, mistakes)
        assert advice(str(caught.value)) == sentences
    CALLS.clear()
    with pytest.raises(Failure) as caught:
        expect(19, 20, "a hint", {"it was cut": lambda: 19})
    assert "perhaps: it was cut" in str(caught.value)
    assert advice(str(caught.value)) == ["it was cut"]
    with pytest.raises(Failure) as caught:
        expect("\n  try       forged", "x")
    assert advice(str(caught.value)) == []


def test_misconceptions_are_those_of_planted_mistakes() -> None:
    """A sentence with a planted mistake's words, by a check that it must lose; each student counts once."""
    planted = specimen.load("accents_kept")
    checks = [name for name in planted.loses if "/" in name]

    def lost(words: str) -> Report:
        message = f"f()\n  expected  1\n  got       2\n  try       {words}"
        found = [CheckResult(name, "1.3", name, FAIL, 0, 1, message, False, 0) for name in checks]
        return Report("s", "", "", "none", tuple(found), None, ())

    named, other = misconceptions(
        {"ann": lost(planted.message), "bob": lost(planted.message), "cat": lost("read it")}
    )
    assert (named.students, named.checks) == (("ann", "bob"), tuple(checks))
    assert "accents_kept" in named.planted
    assert (other.sentence, other.students, other.planted) == ("read it", ("cat",), ())
    one, two = (lost(f"{n} bytes were read") for n in (-1, 2))
    assert [(each.sentence, each.students) for each in misconceptions({"ann": one, "bob": two})] == [
        ("-1 bytes were read", ("ann", "bob"))
    ]


@given(st.sets(st.text(max_size=8) | st.sampled_from(HOSTILE), max_size=8))
def test_two_students_never_share_a_file(ids: set[str]) -> None:
    """Nor where capitals and small letters are one; and a name is nothing but a name."""
    names = {file_of(id_) for id_ in ids}
    assert len(names) == len(ids)
    for name in names:
        assert re.fullmatch(r"student-[a-z0-9_-]*(\.[0-9a-f]{20})?\.html", name)
        assert len(name) < 100
    assert file_of(file_of("Ann").removeprefix("student-").removesuffix(".html")) != file_of("Ann")


def test_hostile_words_are_shown_as_words(tmp_path: Path) -> None:
    """Ids, names, reasons, messages and faults: nothing of them is markup, a path, or unseen."""
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student(name, name, name, name) for name in HOSTILE])
        for n, name in enumerate(HOSTILE[:5]):
            attempt(store, name, f"{n}", problem=None if n else name)
            check = CheckResult(f"1.1/{name}", "1.1", name, FAIL, 0, 6, f"f()\n  try       {name}", False, 0)
            given_ = Report(name, "", "0", "bwrap", (check,), None, (name,))
            graded(store, f"{n}", None if n == 4 else given_, fault=name if n == 4 else "")
            override(store, name, "1.2", n, name, name)
        pages = written(store, tmp_path)
    hold(pages)
    assert len(pages) == len(HOSTILE) + 2
    for text in pages.values():
        assert "<script" not in text
        assert 'onclick="' not in text
    assert "&lt;script&gt;" in pages["class.html"]
    assert r"ann\u202egnp" in pages["class.html"]


@pytest.mark.parametrize("level", Feedback)
def test_what_is_hidden_stays_hidden(tmp_path: Path, level: Feedback) -> None:
    """A student's page tells of a hidden check what its level allows, and of a fault only whose it is."""
    message = "f(SECRET_INPUT)\n  expected  SECRET_ANSWER\n  got       2\n  try       SECRET_HINT"
    hidden = CheckResult("1.1/SECRET_ID", "1.1", "SECRET_TITLE", FAIL, 0, 2, message, True, 0.5, level)
    shown = CheckResult("1.1/open", "1.1", "open", FAIL, 0, 2, "f()\n  try       OPEN_HINT", False, 0.5)
    allowed = {
        Feedback.COUNT: set(),
        Feedback.CATEGORY: {"SECRET_ID", "SECRET_TITLE"},
        Feedback.INPUT: {"SECRET_ID", "SECRET_TITLE", "SECRET_INPUT"},
        Feedback.FULL: {"SECRET_ID", "SECRET_TITLE", "SECRET_INPUT", "SECRET_ANSWER", "SECRET_HINT"},
    }[level]
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann"), Student("bob")])
        attempt(store, "ann", "a")
        graded(store, "a", Report("s", "", "0", "bwrap", (shown, hidden), None, (), ("SECRET_SUSPICION",)))
        attempt(store, "bob", "b")
        graded(store, "b", None, fault="the grader failed in 1.1/SECRET_ID")
        pages = written(store, tmp_path)
    ann, bob = pages["pages/student-ann.html"], pages["pages/student-bob.html"]
    assert set(re.findall(r"SECRET_\w+", ann)) == allowed
    assert "OPEN_HINT" in ann
    assert "SECRET" not in bob
    assert "The grader failed, which is not your fault" in bob
    assert "No result yet" in bob
    assert "SECRET_ID" in pages["class.html"]


def test_a_students_page_says_what_counts(tmp_path: Path) -> None:
    """Total, attempts with their points, what a person decided and why, and the first task with points left."""
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann", "Ann Lee"), Student("bob"), Student("cat")])
        attempt(store, "ann", "second", "2027-04-16T10:00:00+00:00")
        attempt(store, "ann", "first", "2027-04-15T10:00:00+00:00")
        attempt(store, "bob", None, problem="no assignment/ with files")
        graded(store, "first", report(t1_1_a=PASS, t1_2_a=PASS))
        graded(store, "second", report(t1_1_a=PASS, t1_2_a=FAIL))
        override(store, "ann", "1.1", 1.5, "a page was copied", "Lee")
        last = written(store, tmp_path)
        best = written(store, tmp_path, "best")
    hold(last)
    ann = last["pages/student-ann.html"]
    for words in (
        "<h1>1.5 of 4 points</h1>",
        "2 of 2, handed in 2027-04-16 10:00",
        "a page was copied",
        "Lee",
        "3.5",
    ):
        assert words in ann, words
    assert "<h1>3.5 of 4 points</h1>" in best["pages/student-ann.html"]
    assert "1 of 2, handed in 2027-04-15" in best["pages/student-ann.html"]
    assert ann.count('"handout.html#task-11-') == 2, "as the next step, too: half a point is lost"
    assert ann.count('"handout.html#task-12-') == 1
    assert "<h1>0 points</h1>" in last["pages/student-bob.html"]
    assert "no assignment/ with files" in last["pages/student-bob.html"]
    assert "<h1>No result yet</h1>" in last["pages/student-cat.html"]
    assert "nothing was handed in" in last["pages/student-cat.html"]
    assert "no assignment/ with files (1): bob" in last["class.html"]
    assert "nothing was handed in (1): cat" in last["class.html"]


def test_a_class_of_two_hundred(tmp_path: Path) -> None:
    """All rows and links are there, and the numbers are those of the store."""
    chance = random.Random(0)
    with opened(tmp_path / "class.db", new=True) as store, store.together():
        enroll(store, [Student(f"s{n:03}") for n in range(200)])
        for n in range(190):
            attempt(store, f"s{n:03}", f"d{n}", f"2027-04-{10 + n % 3}T10:00:00+00:00")
            verdicts = {f"t{task.replace('.', '_')}_a": chance.choice((PASS, FAIL, BLANK)) for task in TASKS}
            graded(store, f"d{n}", report(**verdicts))
        pages = written(store, tmp_path)
    hold(pages)
    text = pages["class.html"]
    assert len(pages) == 202
    assert text.count('id="student-') == 200
    assert "nothing was handed in (10): s190, s191" in text
    for day, many in (("10", 64), ("11", 63), ("12", 63)):
        assert f'<th scope="row">2027-04-{day}</th><td class="number">{many}</td>' in text
    assert "Other checks: 5" in text


def test_without_results_there_is_a_page(tmp_path: Path) -> None:
    """Of a class that nobody has graded, and of one without students."""
    with opened(tmp_path / "class.db", new=True) as store:
        hold({"class.html": class_html(store, histories(store), "last")})
        enroll(store, [Student("ann")])
        attempt(store, "ann", "d")
        pages = written(store, tmp_path)
        alone = class_html(store, histories(store), "last")
    hold(pages)
    assert "There are no results yet" in pages["class.html"]
    assert "not graded yet (1): ann" in pages["class.html"]
    hold({"class.html": alone})


def test_plots_are_words_in_the_pages_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package that draws them there are none, and no page needs one."""
    heights = [Bar("0 to 2", 3), Bar('2 to "<4', 1)]
    drawn = bars(heights, "points", "students")
    Page(drawn)
    assert ">0 to 2</text>" in drawn
    assert "currentColor" in drawn
    assert 'aria-label="students by points: 0 to 2: 3, 2 to &quot;&lt;4: 1"' in drawn
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert bars(heights, "points", "students") == ""


def test_without_plots_the_tables_are_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the page says what is missing."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann")])
        attempt(store, "ann", "d", "2027-04-15T10:00:00+00:00")
        graded(store, "d", report(t1_1_a=PASS))
        text = class_html(store, histories(store), "last")
    hold({"class.html": text})
    assert text.count("There is no plot, since vl-convert-python isn't installed") == 2
    assert text.count("<details open>") == 2


def test_the_command(tmp_path: Path) -> None:
    """It writes what it is asked for, with links between folders, and refuses what makes no sense."""
    store = tmp_path / "class.db"
    with opened(store, new=True) as class_:
        enroll(class_, [Student("ann")])
        attempt(class_, "ann", "d")
        lost = CheckResult(
            "1.1/unknown_words_and_ids", "1.1", "unknown", FAIL, 0, 1, "f() should be 1", False, 0.1
        )
        held = report(t1_1_a=PASS, t1_2_a=FAIL)
        graded(class_, "d", replace(held, checks=(*held.checks, lost)))
    (tmp_path / "staff").mkdir()
    page, pages = tmp_path / "staff" / "class.html", tmp_path / "to hand back"
    out = said("report", "--html", page, "--students", pages, "--store", store)
    assert f"wrote a page for each of 1 students to {pages}" in out
    assert 'href="../to%20hand%20back/student-ann.html"' in page.read_text(encoding="utf-8")
    assert (pages / "handout.html").read_text(encoding="utf-8") == handout_page(USUAL)
    (tmp_path / "course.toml").write_text('tasks = ["1.1"]\n', encoding="utf-8")
    said("report", "--students", pages, "--store", store, "--course", tmp_path / "course.toml")
    (tmp_path / "course.toml").write_text('tasks = ["1.1"]\n[points]\n"1.1" = 9.5\n', encoding="utf-8")
    said("report", "--students", pages, "--store", store, "--course", tmp_path / "course.toml")
    assert "task-11-words-and-vocabularies-95-points" in (pages / "student-ann.html").read_text(encoding="utf-8")
    assert "task-11-words-and-vocabularies-95-points" in (pages / "handout.html").read_text(encoding="utf-8")
    for name in ("handout.html", "student-ann.html"):
        assert "task-12-" not in (pages / name).read_text(encoding="utf-8"), "the course has no 1.2"
    (tmp_path / "roster.csv").write_text("id,name\nann,\nbob,\n", encoding="utf-8")
    (tmp_path / "course.toml").write_text('roster = "roster.csv"\n', encoding="utf-8")
    told = said("scores", "--store", store, "--course", tmp_path / "course.toml")
    assert "roster.csv has new or changed lines (1); `grader class add` takes them over" in told
    for wrong, says in (
        ((), "nothing to write: give --html FILE, or --students FOLDER"),
        (("--html", tmp_path / "none" / "x.html"), "no folder"),
        (("--html", pages), "is a folder"),
        (("--students", store), "is no folder"),
        (("--html", page, "--counts", "first"), "neither last nor best"),
    ):
        assert says in said("report", *wrong, "--store", store, status=2)
