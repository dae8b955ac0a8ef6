"""What is in a store stays as it was written, and what it comes to is computed anew each time."""

from __future__ import annotations

import csv
import io
import json
import random
import sqlite3
import zlib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.cohort import (
    GRADEBOOKS,
    Student,
    changes,
    drop,
    enroll,
    gradebook,
    opened,
    override,
    report_of,
    standings,
    wrong,
)
from grader.course import Course, late, weights
from grader.errors import GraderError, GraderFault, UsageError
from grader.model import CheckResult, Feedback, Report
from grader.reports import to_json
from grader.selftest.cohort.stores import FAIL, FAULT, PASS, attempt, graded, report
from tests.harness.tasks import TASKS


def test_a_partial_regrade_is_merged_by_check(tmp_path: Path) -> None:
    """Its tasks' checks count from then on, others stay; a fault changes nothing; a whole grading begins anew."""
    with opened(tmp_path / "class.db", new=True) as store:
        assert report_of(store, "d") is None
        first = graded(store, "d", report(t1_1_a=PASS, t1_2_a=FAIL, t1_2_gone=PASS))
        graded(store, "d", report(t1_2_a=PASS, t1_2_new=FAIL), tasks="1.2")
        graded(store, "d", report(t1_1_a=FAULT), fault="it failed")
        merged = report_of(store, "d")
        assert merged
        assert {check.id: check.verdict for check in merged.checks} == {
            "1.1/t1_1_a": PASS,
            "1.2/t1_2_a": PASS,
            "1.2/t1_2_new": FAIL,
        }
        assert merged.score == 4
        before = report_of(store, "d", until=first)
        assert before
        assert before.score == 4
        assert len(before.checks) == 3
        graded(store, "d", report(t1_1_a=FAIL))
        last = report_of(store, "d")
        assert last
        assert [check.id for check in last.checks] == ["1.1/t1_1_a"]
        assert list(wrong(store)) == []


def test_the_attempt_that_counts(tmp_path: Path) -> None:
    """The last by the time it was handed in, or the best; no result is never a 0."""
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student(name) for name in ("ann", "bob", "cat", "dan", "eve")])
        attempt(store, "ann", "late", "2027-04-15T10:00:00+00:00")
        attempt(store, "ann", "early", "2027-04-15T11:00:00+02:00")
        attempt(store, "bob", None, problem="no assignment/ with files")
        attempt(store, "cat", "failed")
        attempt(store, "dan", "waits")
        graded(store, "early", report(t1_1_a=PASS))
        graded(store, "late", report(t1_1_a=FAIL))
        graded(store, "failed", None, fault="out of memory")
        last = {each.student.id: (each.total, each.why) for each in standings(store)}
        assert last == {
            "ann": (0, ""),
            "bob": (0, "no assignment/ with files"),
            "cat": (None, "out of memory"),
            "dan": (None, "not graded yet"),
            "eve": (None, "nothing was handed in"),
        }
        assert {each.student.id: each.total for each in standings(store, counts="best")}["ann"] == 2


def test_the_course_says_what_counts(tmp_path: Path) -> None:
    """Its tasks and points, whatever they were when it was graded; lateness by each student's own due date."""
    due = datetime(2027, 4, 15, 12, tzinfo=UTC)
    course = Course(
        points={"5.5": 40.0}, due=due, late=late.Rule(percent_per_day=10, most_days=2), attempts="best"
    )
    worth = weights(course)
    done = [CheckResult(id_, "5.5", id_, PASS, 1.0, 1.0, "", False, 0.1) for id_ in worth]
    other = CheckResult("1.1/x", "1.1", "x", PASS, 7.0, 7.0, "", False, 0.1)
    whole = Report("s.zip", "0" * 64, "0.2.0", "none", (*done, other), None, ())
    with opened(tmp_path / "class.db", new=True) as store:
        more = (due + timedelta(days=7)).isoformat()
        enroll(store, [Student("ann"), Student("bob"), Student("cat", due=more), Student("dan"), Student("eve")])
        next_day = (due + timedelta(hours=25)).isoformat()
        for name in ("ann", "cat"):
            attempt(store, name, "d", next_day)
        attempt(store, "bob", "d", (due + timedelta(days=3)).isoformat())
        attempt(store, "dan", "d", due.isoformat())
        attempt(store, "dan", "d", next_day)
        attempt(store, "eve", "d")
        graded(store, "d", whole)
        override(store, "bob", "5.5", 3, "an illness", "Lee")
        override(store, "ann", "1.1", 3, "of a task that the course leaves out", "Lee")
        found = {each.student.id: each for each in standings(store, course)}
        assert {name: each.total for name, each in found.items()} == {
            "ann": 32, "bob": 3, "cat": 40, "dan": 40, "eve": 40,
        }  # fmt: skip
        assert {each.most for each in found.values()} == {40}
        assert found["ann"].lateness == "2 days late: 80 % of the points count"
        assert found["bob"].lateness == "3 days late: 0 % of the points count"
        assert standings(store)[2].total == 7 + TASKS["5.5"].points


def test_what_was_graded_in_part_has_no_total(tmp_path: Path) -> None:
    """Tasks that others have a result of, or that the course has, are named, and nothing is taken for a total."""
    part = Course(points={"1.1": 2, "1.2": 2}, file=tmp_path / "course.toml")
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student(name) for name in ("all", "one", "none", "decided", "refused")])
        for name in ("all", "one", "none", "decided"):
            attempt(store, name, name)
        attempt(store, "refused", None, problem="no assignment/ with files")
        graded(store, "all", report(t1_1_a=PASS, t1_2_a=PASS), tasks="1.1")
        assert [each.total for each in standings(store)] == [4, None, None, None, 0], (
            "all of what was graded at all"
        )
        assert [each.total for each in standings(store, part)] == [None, None, None, None, 0]
        graded(store, "all", report(t1_1_a=PASS, t1_2_a=PASS), tasks="1.1 1.2")
        graded(store, "one", report(t1_1_a=PASS), tasks="1.1")
        graded(store, "decided", report(t1_1_a=PASS), tasks="1.1")
        override(store, "decided", "1.2", 1, "seen in a talk", "Lee")
        override(store, "none", "1.2", 1, "seen in a talk", "Lee")
        found = {each.student.id: each for each in standings(store)}
        assert {name: each.total for name, each in found.items()} == {
            "all": 4, "one": None, "none": None, "decided": 3, "refused": 0,
        }  # fmt: skip
        assert found["one"].said == "no total, since 1.2 was not graded"
        assert found["none"].said == "not graded yet"
        assert found["one"].tasks == {"1.1": 2}
        for name in GRADEBOOKS:
            heading, one = csv.reader(io.StringIO(gradebook(name, [found["one"]], "Homework 1")[1:]))
            assert (
                dict(zip(heading, one, strict=True))["Total Score" if name == "gradescope" else "Homework 1"] == ""
            )
        [heading, one] = csv.reader(io.StringIO(gradebook("plain", [found["one"]], "Homework 1")[1:]))
        assert dict(zip(heading, one, strict=True))["note"] == "no total, since 1.2 was not graded"
        graded(store, "all", report(t1_1_a=PASS))
        many = [each.said for each in standings(store) if each.student.id == "one"]
        assert many == ["no total, since 1.2, 1.3, 1.4, 2.1, 2.2 and 19 more were not graded"]


def test_an_override_of_what_nobody_was_graded_in_has_a_column(tmp_path: Path) -> None:
    """In the handout's order."""
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann")])
        attempt(store, "ann", "d")
        graded(store, "d", report(t1_2_a=PASS), tasks="1.2")
        override(store, "ann", "1.1", 1, "seen in a talk", "Lee")
        [heading, ann] = csv.reader(io.StringIO(gradebook("plain", standings(store), "Homework 1")[1:]))
    assert heading[5:8] == ["Homework 1", "1.1", "1.2"]
    assert ann[5:8] == ["3", "1", "2"]


def test_ids_are_as_the_platform_has_them(tmp_path: Path) -> None:
    """Whatever they begin with; what a spreadsheet could run is not."""
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("-12", "@ann", "+ann@x.edu"), Student("=cmd|'/c calc'!A1", "=HYPERLINK(1)")])
        for name in GRADEBOOKS:
            _, bad, good = csv.reader(io.StringIO(gradebook(name, standings(store)[::-1], "Homework 1")))
            assert {"-12", "@ann", "+ann@x.edu"} <= {*good}
            assert not [cell for cell in bad if cell.startswith("=")]


@pytest.mark.parametrize("table", ["students", "attempts", "archives", "runs", "gradings", "overrides"])
def test_a_missing_end_is_found(tmp_path: Path, table: str) -> None:
    """Rows that are taken away from the end of a table, or all of it."""
    path = tmp_path / "class.db"
    with opened(path, new=True) as store:
        enroll(store, [Student("ann"), Student("bob")])
        for digest in ("d", "e"):
            attempt(store, "ann", digest)
            graded(store, digest, report(t1_1_a=PASS))
            override(store, "ann", "1.2", 1, "why", "Lee")
        assert list(wrong(store)) == []
        before = store.fingerprint
    for condition in ("n = 2", "n > 0"):
        copy = tmp_path / "copy.db"
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as to:
            source.backup(to)
        with closing(sqlite3.connect(copy)) as damaged:
            [(sql,)] = damaged.execute(
                f"SELECT sql FROM sqlite_master WHERE name = '{table}_no_DELETE'"
            ).fetchall()
            damaged.execute(f"DROP TRIGGER {table}_no_DELETE")
            damaged.execute(f"DELETE FROM {table} WHERE {condition}")
            damaged.execute(sql)
            damaged.commit()
        with opened(copy) as store:
            [said] = wrong(store)
            assert (
                said == f"{table}: it ends in row {1 if condition == 'n = 2' else 0}, and row 2 was the last one"
            )
            assert store.fingerprint == before
        copy.unlink()


def test_tables_fit_together(tmp_path: Path) -> None:
    """A row that names what isn't there is told, though all seals are right."""
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann")])
        attempt(store, "ann", "d")
        graded(store, "d", report(t1_1_a=PASS))
        assert list(wrong(store)) == []
        store.add(
            "gradings", run=9, digest="e", key="k", tasks="", fault="it failed", score=None, wall_s=0, report=None
        )
        assert list(wrong(store)) == [
            "gradings, row 2: what it names is not among the archives",
            "gradings, row 2: what it names is not among the runs",
        ]


def test_a_lost_submission_is_the_graders_fault(tmp_path: Path) -> None:
    """And is told in a sentence."""
    with (
        opened(tmp_path / "class.db", new=True) as store,
        pytest.raises(GraderFault, match="has lost the submission"),
    ):
        store.archive("d" * 64)


def test_who_leaves_is_no_longer_missed(tmp_path: Path) -> None:
    """What was handed in stays, and whoever comes back is on the roster again."""
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann", aliases=("canvas:7",)), Student("bob"), Student("cat")])
        attempt(store, "ann", "d")
        drop(store, ["ann", "bob"])
        assert [(each.student.id, each.attempt) for each in standings(store)] == [("ann", 1), ("cat", None)]
        with pytest.raises(UsageError, match="--drop names 'bob', who is not on the roster"):
            drop(store, ["cat", "bob"])
        assert enroll(store, [Student("ann"), Student("bob"), Student("cat")]) == 2
        assert len(standings(store)) == 3


def test_a_later_course_changes_points_and_what_is_told_without_a_grading(tmp_path: Path) -> None:
    """To others and back to the usual ones; late points are hundredths."""
    usual, other = weights(Course()), weights(Course(points={"5.5": 40.0}))
    done = [CheckResult(id_, "5.5", id_, PASS, other[id_], other[id_], "", True, 0.1) for id_ in other]
    due = datetime(2027, 4, 15, 12, tzinfo=UTC)
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann")])
        attempt(store, "ann", "d", (due + timedelta(hours=1)).isoformat())
        graded(store, "d", Report("s.zip", "0" * 64, "0.2.0", "none", tuple(done), None, ()), tasks="5.5")
        [whole] = standings(store)
        assert whole.total == round(sum(usual[id_] for id_ in other), 9) == 2
        assert [each.total for each in standings(store, Course(points={"5.5": 3.33}))] == [3.33]
        rule = late.Rule(percent_per_day=33)
        assert [each.total for each in standings(store, Course(points={"5.5": 3.33}, due=due, late=rule))] == [
            2.23
        ]
        [told] = standings(store, Course(points={"5.5": 40.0}, feedback=Feedback.COUNT))
        assert told.report
        assert {check.feedback for check in told.report.checks} == {Feedback.COUNT}
        assert whole.report
        assert {check.feedback for check in whole.report.checks} == {Feedback.CATEGORY}


def test_an_override_is_kept_with_who_and_why(tmp_path: Path) -> None:
    """It stands for the task's points, whatever is graded later; the last one counts, and all are kept."""
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann")])
        attempt(store, "ann", "d")
        graded(store, "d", report(t1_1_a=PASS, t1_2_a=FAIL))
        override(store, "ann", "1.2", 1, "half of it is there", "Lee")
        override(store, "ann", "1.2", 1.5, "more than half", "Chan")
        graded(store, "d", report(t1_1_a=PASS, t1_2_a=PASS))
        [ann] = standings(store)
        assert ann.total == 3.5
        assert [(each.by, each.reason) for each in ann.overrides] == [("Chan", "more than half")]
        assert len(store.rows("SELECT n FROM overrides")) == 2
        for student, task, points, reason, says in (
            ("bob", "1.2", 1.0, "r", "no student 'bob'"),
            ("ann", "9.9", 1.0, "r", "no task '9.9'"),
            ("ann", "1.2", -1.0, "r", "give 0 or more"),
            ("ann", "1.2", float("nan"), "r", "give 0 or more"),
            ("ann", "1.2", 1.0, " ", "say why"),
        ):
            with pytest.raises(UsageError, match=says):
                override(store, student, task, points, reason, "Lee")


def test_changes_between_runs(tmp_path: Path) -> None:
    """Whose check came to something else, and what it says now."""
    with opened(tmp_path / "class.db", new=True) as store:
        for student in ("ann", "bob"):
            attempt(store, student, "d")
        first = graded(store, "d", report(t1_1_a=PASS, t1_2_a=PASS))
        second = graded(store, "d", report(t1_1_a=PASS, t1_2_a=FAIL))
        [change] = changes(store, first, second)
        assert (change.students, change.after.id, change.after.message) == (
            ("ann", "bob"),
            "1.2/t1_2_a",
            "f() should be 1",
        )
        assert list(changes(store, second, second)) == []
        with pytest.raises(UsageError, match="no run 7; there are 1, 2"):
            list(changes(store, 1, 7))


def test_nothing_is_changed_or_removed(tmp_path: Path) -> None:
    """Not even by a program that tries: the store refuses."""
    with opened(tmp_path / "class.db", new=True) as store:
        graded(store, "d", report(t1_1_a=PASS))
    with closing(sqlite3.connect(tmp_path / "class.db")) as raw:
        for statement in ("UPDATE gradings SET score = 100", "DELETE FROM gradings"):
            with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                raw.execute(statement)


def _filled(path: Path) -> None:
    with opened(path, new=True) as store:
        enroll(store, [Student("ann", "Ann Lee", "ann@x.edu"), Student("bob")])
        store.add("archives", digest="d", content=bytes(range(256)) * 20)
        attempt(store, "ann", "d")
        graded(store, "d", report(t1_1_a=PASS, t1_2_a=FAIL))
        override(store, "ann", "1.2", 1, "half of it is there", "Lee")


def _held(path: Path) -> list[object] | None:
    """All that a program reads; None when it can't."""
    try:
        with opened(path) as store:
            tables = ("students", "attempts", "archives", "runs", "gradings", "overrides")
            return [[tuple(row) for row in store.rows(f"SELECT * FROM {table} NOT INDEXED")] for table in tables]
    except GraderError:
        return None


def test_one_flipped_byte_is_found(tmp_path: Path) -> None:
    """Wherever it changes something that can be read; elsewhere SQLite keeps nothing."""
    path, flipped = tmp_path / "class.db", tmp_path / "flipped.db"
    _filled(path)
    whole, held = path.read_bytes(), _held(path)
    chance, found, harmless = random.Random(0), 0, 0
    for _ in range(300):
        at = chance.randrange(len(whole))
        flipped.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        try:
            with opened(flipped) as store:
                said = list(wrong(store))
        except GraderError as error:
            said = [str(error)]
        found += bool(said)
        if not said:
            assert _held(flipped) == held, f"byte {at}"
            harmless += 1
        for left in tmp_path.glob("flipped.db*"):
            left.unlink()
    assert found > 50
    assert harmless < 250


def test_a_score_that_is_not_that_of_its_checks_is_found(tmp_path: Path) -> None:
    """Though all is as it was written."""
    with opened(tmp_path / "class.db", new=True) as store:
        store.add("archives", digest="d", content=b"zip")
        store.add("runs", began="2027", key="k", settings="{}", tasks="")
        packed = zlib.compress(json.dumps(to_json(report(t1_1_a=PASS))).encode())
        store.add("gradings", run=1, digest="d", key="k", tasks="", fault=None, score=3, wall_s=1.0, report=packed)
        assert list(wrong(store)) == ["gradings, row 1: its score is 3, its checks' 2"]


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    """A missing one, a text, another database: a sentence, and nothing is written."""
    with pytest.raises(UsageError, match="`grader class add` makes one"), opened(tmp_path / "class.db"):
        pass
    (tmp_path / "text").write_text("hello" * 1000, encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "other.db")) as raw:
        raw.execute("CREATE TABLE t (a)")
    for name in ("text", "other.db"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(UsageError, match="is no store of a class"), opened(tmp_path / name, new=True):
            pass
        assert (tmp_path / name).read_bytes() == before
    with pytest.raises(UsageError, match="no folder"), opened(tmp_path / "a" / "class.db", new=True):
        pass


@pytest.mark.parametrize("name", GRADEBOOKS)
def test_gradebooks_have_a_line_for_each_student(tmp_path: Path, name: str) -> None:
    """Totals are exact, who has no result has an empty cell, and no cell is run as a formula."""
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann", "=cmd()", "ann@x.edu", "1", ("canvas:71",)), Student("bob", "Bob Chan")])
        attempt(store, "ann", "d")
        graded(store, "d", report(t1_1_a=PASS, t1_2_a=FAIL))
        override(store, "ann", "1.2", 0.1, "a typo", "Lee")
        text = gradebook(name, standings(store), "Homework 1")
    assert text.startswith("\ufeff")
    heading, ann, bob = csv.reader(io.StringIO(text[1:]))
    column = heading.index("Total Score" if name == "gradescope" else "Homework 1")
    assert (ann[column], bob[column]) == ("2.1", "")
    assert "ann" in ann
    assert "'=cmd()" in ann
    if name == "canvas":
        assert ann[heading.index("ID")] == "71"
    if name == "plain":
        assert ann[heading.index("1.2")] == "0.1"
        assert "a typo" in ann[-1]
        assert bob[-1] == "nothing was handed in"
