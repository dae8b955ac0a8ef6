"""What people have of a class is read as it is, and nobody's submission goes to another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from grader.cohort import add, enroll, enrolled, looks_like_a_class, opened, read, standings
from grader.cohort.layouts import CANVAS, Person
from grader.cohort.layouts import read as read_layout
from grader.cohort.roster import Lookup, Student, parse
from grader.errors import UsageError
from grader.proofs import classes

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
        assert enroll(store, read(tmp_path / "class" / "roster.csv")) == len(CLASS)
        done = add(store, download, {})
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
        again = add(store, download, {})
        assert (again.attempts, again.known) == (0, len(expected))
        assert {each.student.id for each in standings(store) if each.attempt is None} == {
            member.id for member in CLASS if member.id not in expected
        }


def test_without_a_roster_downloads_name_the_students(tmp_path: Path) -> None:
    """By the platform's own word for them, and with the name that it gives."""
    download = classes.write(tmp_path / "class", CLASS[:2], "canvas")
    with opened(tmp_path / "class.db", new=True) as store:
        assert add(store, download, {}).attempts == 2
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
        done = add(store, download, {})
        said = {stray.label: stray.why for stray in done.strays}
        assert done.attempts == 1
        assert said == {
            "s002": "the roster has no 's002'",
            "notes.txt": "no folder, .zip or .tar.gz",
        }
        with pytest.raises(UsageError, match="--as names 'bob': there is no such student"):
            add(store, download, {"s002": "bob"})
        with pytest.raises(UsageError, match="--as names s009"):
            add(store, download, {"s009": "ann"})
        assert add(store, download, {"s002": "ann"}).attempts == 1
        assert {row["student"] for row in store.rows("SELECT student FROM attempts")} == {"s001", "ann"}


def test_two_of_one_name_are_not_told_apart() -> None:
    """Nor is a platform's number taken for another's id."""
    two = [Student("1", "Ann Lee"), Student("2", "Lee, Ann")]
    [person] = _people("leeann_7_8_hw.zip")
    assert Lookup(two).find(person) is None
    assert Lookup(two).why_not(person) == "1, 2 could be meant"
    numbers = [Student("7", "Bo Chan"), Student("9", "Ann Lee")]
    assert Lookup(numbers).find(person) == numbers[1]
    own = parse("id,name,canvas_id\n1,Ann Lee,\n2,Ann Lee,7\n")
    assert Lookup(own).find(person) == own[1]


def _people(name: str) -> tuple[Person, ...]:
    match = CANVAS.fullmatch(name)
    assert match
    return (Person((f"canvas:{match['user']}",), match["name"]),)


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
        assert {stray.why for stray in add(store, inside, {}).strays} == {
            "'leeann' is the name of more than one who handed in"
        }
    with opened(tmp_path / "other.db", new=True) as store:
        assert add(store, inside, {}).attempts == 2
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
        added = [add(store, tmp_path / name, {}).attempts for name in ("one", "two", "moodle")]
        assert added == [1, 0, 0]
        assert enroll(store, [Student("7", "Ann Lee")]) == 0, "a number that a download has told stays"
    with opened(tmp_path / "other.db", new=True) as store:
        add(store, tmp_path / "one", {})
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
        done = add(store, tmp_path / "in", {})
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
        done = add(store, export, {})
        rows = store.rows("SELECT student, handed_in FROM attempts ORDER BY student")
        assert [tuple(row) for row in rows] == [
            ("ann", "2027-04-15T10:00:00-07:00"),
            ("bob", "2027-04-15T10:00:00-07:00"),
        ]
        assert {stray.label: stray.why for stray in done.strays} == {
            "submission_2": "submission_metadata.yml names nobody for it",
            "submission_3": "submission_metadata.yml lists it, and its folder is missing",
        }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,email\nAnn,a@x\n", "has no column `id`; its first line has name, email"),
        ("id,name\n1,Ann\n,Bob\n", "line 3: the id is empty"),
        ("id,name\n1,Ann\n1,Bob\n", "line 3: the id '1' is there already"),
        ("", "its first line has nothing"),
        ("id,due\n1,2027-04-15 10:00\n", "line 2: the due date '2027-04-15 10:00' is no time with a time zone"),
    ],
)
def test_a_wrong_roster_is_named(text: str, says: str) -> None:
    """With the line, or what is missing."""
    with pytest.raises(UsageError, match=says):
        parse(text)


def test_a_roster_is_read_as_spreadsheets_write_it() -> None:
    """With a mark in front, semicolons, other headings, empty lines."""
    text = "Student ID;Full Name;E-Mail\n 7 ;Ann Lee;ann@x\n;;\n8;Bob;\n"
    assert parse(text) == [Student("7", "Ann Lee", "ann@x"), Student("8", "Bob")]


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
        add(store, path, {})
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
