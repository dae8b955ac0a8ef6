"""What people have of a class is read as it is, and nobody's submission goes to another."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from grader.cohort import add, enroll, enrolled, looks_like_a_class, opened, standings
from grader.cohort.layouts import CANVAS, Person
from grader.cohort.layouts import read as read_layout
from grader.cohort.lookup import Lookup
from grader.course import Student, read_roster
from grader.errors import UsageError
from grader.proofs import classes
from grader.selftest.cohort.stores import added

CODE = b"x = 1\n"
WHAT = ("half", "untouched", "broken", "bare", "missing", "untouched", "half")
CLASS = [classes.Member(n, f"{classes.FIRST[n]} {classes.LAST[n]}", what) for n, what in enumerate(WHAT, 1)]


@pytest.mark.parametrize(
    ("layout", "kind"),
    [
        ("canvas", "a Canvas download"),
        ("gradescope", "a Gradescope export"),
        ("moodle", "a Moodle download"),
        ("clones", "a folder of submissions"),
    ],
)
def test_each_platforms_download_is_read(tmp_path: Path, layout: str, kind: str) -> None:
    """Each submission is that of its author, by the roster; a second time, nothing is added."""
    download = classes.write(tmp_path / "class", CLASS, layout)
    expected = [member.id for member in CLASS if member.what != "missing"]
    with opened(tmp_path / "class.db", new=True) as store:
        assert enroll(store, read_roster(tmp_path / "class" / "roster.csv")) == len(CLASS)
        done = added(store, download)
        assert (done.kind, done.attempts) == (kind, len(expected))
        assert done.strays == []
        rows = store.rows("SELECT * FROM attempts")
        assert [row["student"] for row in sorted(rows, key=lambda row: row["student"])] == expected
        for row in rows:
            if row["digest"]:
                [archive] = store.rows("SELECT content FROM archives WHERE digest = ?", row["digest"])
                (tmp_path / "s.zip").write_bytes(archive["content"])
                shutil.unpack_archive(tmp_path / "s.zip", tmp_path / "s")
                assert f"# by {row['student']}\n" in (tmp_path / "s/assignment/words.py").read_text("utf-8")
        assert [stray.why.partition(" in ")[0] for stray in done.problems] == ["no assignment/ with files"]
        again = added(store, download)
        assert (again.attempts, again.known) == (0, len(expected))
        assert {each.student.id for each in standings(store) if each.attempt is None} == {
            member.id for member in CLASS if member.id not in expected
        }


def test_without_a_roster_downloads_name_the_students(tmp_path: Path) -> None:
    """By the platform's own word for them, and with the name that it gives."""
    download = classes.write(tmp_path / "class", CLASS[:2], "canvas")
    with opened(tmp_path / "class.db", new=True) as store:
        assert added(store, download).attempts == 2
        assert [(each.id, each.name, each.listed) for each in enrolled(store)] == [
            ("70001", "chenalan", False),
            ("70002", "diazbarbara", False),
        ]


def test_who_is_not_on_the_roster_is_listed(tmp_path: Path) -> None:
    """And is added when a person says whose it is."""
    download = classes.write(tmp_path / "class", CLASS[:2], "clones")
    (download / "notes.txt").write_bytes(CODE)
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("s001"), Student("ann")])
        done = added(store, download)
        said = {stray.label: stray.why for stray in done.strays}
        assert done.attempts == 1
        assert said == {
            "s002": "the roster has no 's002'",
            "notes.txt": "no folder, .zip or .tar.gz",
        }
        with pytest.raises(UsageError, match="--as names 'bob': there is no such student"):
            added(store, download, ("s002", "bob"))
        with pytest.raises(UsageError, match="--as names s009"):
            added(store, download, ("s009", "ann"))
        assert added(store, download, ("s002", "ann")).attempts == 1
        assert {row["student"] for row in store.rows("SELECT student FROM attempts")} == {"s001", "ann"}


def test_two_of_one_name_are_not_told_apart() -> None:
    """Nor is a platform's number taken for another's id."""
    two = [Student("1", "Ann Lee"), Student("2", "Lee, Ann")]
    [person] = _people("leeann_7_8_hw.zip")
    assert Lookup(two).find(person) is None
    assert Lookup(two).why_not(person) == "1, 2 could be meant"
    numbers = [Student("7", "Bo Chan"), Student("9", "Ann Lee")]
    assert Lookup(numbers).find(person) == numbers[1]
    own = [Student("1", "Ann Lee"), Student("2", "Ann Lee", aliases=("canvas:7",))]
    assert Lookup(own).find(person) == own[1]


def _people(name: str) -> tuple[Person, ...]:
    match = CANVAS.fullmatch(name)
    assert match
    return (Person((f"canvas:{match['user']}",), match["name"]),)


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("leeann_7_8_hw.zip", ("leeann", None, "7")),
        ("leeann_LATE_7_8_hw-1.zip", ("leeann", "LATE_", "7")),
        ("lee_jrann_7_8_my_hw_2_3_b.zip", ("lee_jrann", None, "7")),
        ("\u65b0\u6751_7_8_hw.zip", ("\u65b0\u6751", None, "7")),
        ("_7_8_hw.zip", ("", None, "7")),
        ("anon_12345_8_hw.zip", None),
        ("LATE_anon_12345_8_hw.zip", None),
        ("leeann_7_text.html", None),
    ],
)
def test_names_are_read_as_canvas_writes_them(name: str, read_as: tuple[str, str | None, str] | None) -> None:
    """Names with signs of their own, hidden names, typed text."""
    match = CANVAS.fullmatch(name)
    assert (match and match.group("name", "late", "user")) == read_as


def test_two_users_of_one_name_are_not_one_student(tmp_path: Path) -> None:
    """Neither on a roster that has one of them, nor without a roster."""
    inside = tmp_path / "canvas"
    for name in ("leeann_1_11_a", "leeann_2_12_a"):
        (inside / name / "assignment").mkdir(parents=True)
        (inside / name / "assignment" / "bpe.py").write_text(f"# {name}\n", encoding="utf-8")
        shutil.make_archive(str(inside / name), "zip", inside / name)
        shutil.rmtree(inside / name)
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("7", "Ann Lee")])
        assert {stray.why for stray in added(store, inside).strays} == {
            "'leeann' is the name of more than one who handed in"
        }
    with opened(tmp_path / "other.db", new=True) as store:
        assert added(store, inside).attempts == 2
        assert [row["student"] for row in store.rows("SELECT student FROM attempts ORDER BY student")] == [
            "1",
            "2",
        ]


def test_a_platforms_number_stays_with_its_student(tmp_path: Path) -> None:
    """Another user of the same name, in whatever spelling or download, gets nobody's place; nor does an id."""
    moodle = [f"moodle/{name}_assignsubmission_file" for name in ("Ann Lee_7", "lee ann_8")]
    for name in ("one/leeann_1_11_a", "two/leeann_2_12_a", *moodle):
        (tmp_path / name / "assignment").mkdir(parents=True)
        (tmp_path / name / "assignment" / "bpe.py").write_text(f"# {name}\n", encoding="utf-8")
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("7", "Ann Lee")])
        assert [added(store, tmp_path / name).attempts for name in ("one", "two", "moodle")] == [1, 0, 0]
        assert enroll(store, [Student("7", "Ann Lee")]) == 0, "a number that a download has told stays"
    with opened(tmp_path / "other.db", new=True) as store:
        added(store, tmp_path / "one")
        with pytest.raises(UsageError, match="the id '1' is that of 'canvas:1' here"):
            enroll(store, [Student("1", "Zoe Chan")])


def test_a_folder_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    """Nor does a link that leads in a circle, or a time that is none."""
    for name in ("s001", "s002"):
        (tmp_path / "in" / name / "assignment").mkdir(parents=True)
        (tmp_path / "in" / name / "assignment" / "bpe.py").write_bytes(CODE)
    (tmp_path / "in" / "round").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "gone").symlink_to(tmp_path / "nowhere")
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("s001"), Student("s002")])
        done = added(store, tmp_path / "in")
        assert done.attempts == 2
        assert {stray.label for stray in done.strays} == {"round", "gone"}


def test_a_group_hands_in_once(tmp_path: Path) -> None:
    """Gradescope names all of its members, and each has the attempt, with its time."""
    export = tmp_path / "assignment_5_export"
    for n in (1, 2):
        (export / f"submission_{n}" / "assignment").mkdir(parents=True)
        (export / f"submission_{n}" / "assignment" / "bpe.py").write_bytes(CODE)
    ann, bob = ({":name": name, ":sid": name, ":email": ""} for name in ("ann", "bob"))
    listed = {
        "submission_1": {":submitters": [ann, bob], ":created_at": "2027-04-15 10:00:00 -0700"},
        "submission_3": {":submitters": [ann]},
    }
    (export / "submission_metadata.yml").write_text(json.dumps(listed), encoding="utf-8")
    with opened(tmp_path / "class.db", new=True) as store:
        done = added(store, export)
        rows = store.rows("SELECT student, handed_in FROM attempts ORDER BY student")
        assert [tuple(row) for row in rows] == [
            ("ann", "2027-04-15T10:00:00-07:00"),
            ("bob", "2027-04-15T10:00:00-07:00"),
        ]
        assert {stray.label: stray.why for stray in done.strays} == {
            "submission_2": "submission_metadata.yml names nobody for it",
            "submission_3": "submission_metadata.yml lists it, and its folder is missing",
        }


def _export(folder: Path, *submitters: list[str]) -> Path:
    """A Gradescope export: who handed in each submission together."""
    listed = {}
    for n, names in enumerate(submitters, 1):
        (folder / f"submission_{n}" / "assignment").mkdir(parents=True)
        (folder / f"submission_{n}" / "assignment" / "bpe.py").write_bytes(CODE * n)
        listed[f"submission_{n}"] = {":submitters": [{":name": name, ":sid": name} for name in names]}
    (folder / "submission_metadata.yml").write_text(json.dumps(listed), encoding="utf-8")
    return folder


def test_a_decision_on_a_group_keeps_its_known_members(tmp_path: Path) -> None:
    """Whom a person names stands for who can't be told; if all can be told, for all of them."""
    export = _export(tmp_path / "in", ["ann", "who"], ["who", "what"], ["cat"], [])
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student(name) for name in ("ann", "bob", "cat", "dan")])
        decided = [
            ("submission_1", "bob"), ("submission_2", "cat"), ("submission_2", "dan"), ("submission_3", "dan"),
            ("submission_4", "ann"),
        ]  # fmt: skip
        assert added(store, export, *decided).strays == []
        rows = store.rows("SELECT label, student FROM attempts ORDER BY label, student")
        assert [tuple(row) for row in rows] == [
            ("submission_1", "ann"), ("submission_1", "bob"), ("submission_2", "cat"), ("submission_2", "dan"),
            ("submission_3", "dan"), ("submission_4", "ann"),
        ]  # fmt: skip
        [*two] = added(store, export, ("submission_2", "cat"), *decided[3:]).strays
        assert [stray.label for stray in two] == ["submission_1", "submission_2", "submission_2"]
        assert two[1].why.startswith("--as names 1 of 2 who can't be told: the roster has no 'who'")


def test_the_last_hand_in_counts_whatever_came_before(tmp_path: Path) -> None:
    """One thing, another, and the first again; a download that is added twice adds nothing."""
    place = tmp_path / "in" / "ann" / "assignment"
    place.mkdir(parents=True)
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann")])
        for text in ("a", "a", "b", "b", "a", "a"):
            (place / "bpe.py").write_text(text, encoding="utf-8")
            done = added(store, tmp_path / "in")
        sources = [row["source"] for row in store.rows("SELECT source FROM attempts ORDER BY n")]
        assert len(sources) == 3
        assert sources[0] == sources[2] != sources[1]
        assert (done.attempts, done.known, done.again) == (0, 1, [])
        (place / "bpe.py").write_text("b", encoding="utf-8")
        [again] = added(store, tmp_path / "in").again
        assert again.why == "ann handed in the same as attempt 2"


def test_several_of_one_student_are_added_once(tmp_path: Path) -> None:
    """Two paths at once, each with one of the student's; and what failed to be read the first time comes later."""
    for n, text in enumerate(("a", "b"), 1):
        (tmp_path / f"in{n}" / "ann" / "assignment").mkdir(parents=True)
        (tmp_path / f"in{n}" / "ann" / "assignment" / "bpe.py").write_text(text, encoding="utf-8")
    both = [tmp_path / "in1", tmp_path / "in2"]
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann")])
        add(store, both[:1])
        for _ in range(2):
            add(store, both)
        assert len(store.rows("SELECT n FROM attempts")) == 2


def test_what_cannot_be_read_here_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is nobody's mistake: the others are added, and this one is when the same command is given again."""
    for name in ("ann", "bob"):
        (tmp_path / "in" / name / "assignment").mkdir(parents=True)
        (tmp_path / "in" / name / "assignment" / "bpe.py").write_bytes(CODE)

    def refuse(path: Any, *args: Any, **more: Any) -> Any:
        if "ann" in Path(path).parts:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *args, **more)

    real: Any = os.open
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann"), Student("bob")])
        with monkeypatch.context() as patched:
            patched.setattr(os, "open", refuse)
            done = added(store, tmp_path / "in")
        assert [tuple(row) for row in store.rows("SELECT student, problem FROM attempts")] == [("bob", None)]
        assert [(each.label, each.why) for each in done.unread] == [
            ("ann", "a submission can't be read here: Permission denied")
        ]
        assert added(store, tmp_path / "in").attempts == 1


@pytest.mark.parametrize("hidden", ["ann/plain.zip", "submission_metadata.yml", "assignment"])
def test_what_cannot_be_looked_at_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hidden: str
) -> None:
    """A folder whose names may be read and nothing else."""
    (tmp_path / "in" / "bob" / "assignment").mkdir(parents=True)
    (tmp_path / "in" / "bob" / "assignment" / "bpe.py").write_bytes(CODE)
    (tmp_path / "in" / "ann").mkdir()
    (tmp_path / "in" / "ann" / "plain.zip").write_bytes(CODE)
    real: Any = Path.stat

    def refuse(path: Path, **more: Any) -> Any:
        if path == tmp_path / "in" / hidden:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, **more)

    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann"), Student("bob")])
        monkeypatch.setattr(Path, "stat", refuse)
        assert "bob" in {each.label for each in read_layout(tmp_path / "in").found}  # type: ignore[union-attr]
        added(store, tmp_path / "in")
        assert {row["student"] for row in store.rows("SELECT student FROM attempts")} >= {"bob"}


def test_one_of_several_is_taken_when_a_person_says_so(tmp_path: Path) -> None:
    """Archives of one user, a hidden folder, a submission of nobody; Moodle's typed text is left out by itself."""
    for name in (
        "canvas/chanbo_2_12_a/assignment", "canvas/chanbo_2_13_b/assignment", "plain/.ann/assignment",
        "plain/bo/assignment", "plain/.git", "moodle/Ann Lee_7_assignsubmission_file/assignment",
        "moodle/Ann Lee_7_assignsubmission_onlinetext",
    ):  # fmt: skip
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "bpe.py").write_text(name, encoding="utf-8")
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("bo", "Bo Chan"), Student("ann", "Ann Lee")])
        assert added(store, tmp_path / "canvas").attempts == 0
        done = added(store, tmp_path / "canvas", ("chanbo_2_13_b", "bo"))
        assert (done.attempts, [stray.label for stray in done.strays]) == (1, ["chanbo_2_12_a"])
        done = added(store, tmp_path / "plain")
        assert [(stray.label, stray.why) for stray in done.strays] == [(".ann", "its name begins with a point")]
        assert added(store, tmp_path / "plain", (".ann", "ann")).attempts == 1
        done = added(store, tmp_path / "moodle")
        assert done.attempts == 1
        assert [(stray.label, stray.why) for stray in done.strays] == [
            ("Ann Lee_7_assignsubmission_onlinetext", "Ann Lee_7_assignsubmission_file is taken")
        ]


def test_a_decision_is_looked_at_before_anything_is_added(tmp_path: Path) -> None:
    """What it names may lie in any of the paths, and must lie in one of them."""
    for name in ("in1/ann", "in2/zoe", "in1/both", "in2/both"):
        (tmp_path / name / "assignment").mkdir(parents=True)
        (tmp_path / name / "assignment" / "bpe.py").write_text(name, encoding="utf-8")
    both = [tmp_path / "in1", tmp_path / "in2"]
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann"), Student("bob")])
        for given, says in (
            (("nobody", "bob"), "--as names nobody, and no submission is called that"),
            (("both", "bob"), "--as names both, and more than one is called that"),
        ):
            with pytest.raises(UsageError, match=says):
                add(store, both, [given])
        assert store.rows("SELECT n FROM attempts") == []
        assert [each.attempts for each in add(store, both, [("zoe", "bob")])] == [1, 1]


@pytest.mark.parametrize("kind", ["submission", "file", "empty", "broken"])
def test_what_is_no_class_is_refused(tmp_path: Path, kind: str) -> None:
    """One submission, another file, nothing, or a damaged archive: a sentence says what to give."""
    path = tmp_path / "given"
    if kind == "submission":
        (path / "assignment").mkdir(parents=True)
        (path / "assignment" / "bpe.py").write_bytes(CODE)
    elif kind == "empty":
        path.mkdir()
    else:
        path.write_bytes(b"PK\x05\x06" + b"\0" * 18 if kind == "broken" else b"text")
    with opened(tmp_path / "class.db", new=True) as store, pytest.raises(UsageError, match="give"):
        added(store, path)
    assert looks_like_a_class(path) == ""


def test_files_of_one_student_are_not_mixed(tmp_path: Path) -> None:
    """Two archives are left out by name; a single archive is taken, and what lies beside it is named."""
    inside = tmp_path / "canvas"
    inside.mkdir()
    for name in ("leeann_1_11_a.zip", "leeann_1_11_notes.pdf", "chanbo_2_12_a.zip", "chanbo_2_13_b.zip"):
        (inside / name).write_bytes(CODE)
    layout = read_layout(inside)
    assert layout
    assert [found.label for found in layout.found] == ["leeann_1_11_a.zip"]
    assert {stray.label: stray.why for stray in layout.strays} == {
        "leeann_1_11_notes.pdf": "leeann_1_11_a.zip is taken",
        "chanbo_2_12_a.zip": "more than one archive of the same user",
        "chanbo_2_13_b.zip": "more than one archive of the same user",
    }
