"""The course file: what it means, and a sentence for each of its mistakes."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from grader.course import Course, described, due, late, read
from grader.errors import UsageError
from grader.files import PROJECT
from grader.model import Feedback
from tests.harness.tasks import CHOSEN, TASKS, TOTAL

OPTIONAL = [task.id for task in TASKS.values() if task.optional]

WHOLE_FILE = """
title = "Language models"
term = "autumn 2026"
parts = [3, 1]
feedback = "count"
due = 2026-10-30T23:59:00+01:00
attempts = "best"
seed = "a secret"
roster = "roster.csv"

[points]
"1.2" = 40
"3.1" = 0.25

[late]
grace_minutes = 15
percent_per_day = 2.5
most_days = 4

[limits]
check_seconds = 12.5
"""


def written(folder: Path, text: str) -> Path:
    """A course file."""
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return folder / "course.toml"


def mistakes(folder: Path, text: str) -> list[str]:
    """What is said of a course file that is wrong, line by line."""
    with pytest.raises(UsageError) as refused:
        read(written(folder, text))
    return str(refused.value).splitlines()


def test_a_file_says_all_of_a_course(tmp_path: Path) -> None:
    """Each key has its meaning, and tasks keep the order of the handout."""
    (tmp_path / "roster.csv").write_text("id,name,email,section\n1,Ann,a@b.c,A\n2,Bo,b@b.c,A\n", encoding="utf-8")
    course = read(written(tmp_path, WHOLE_FILE))
    own = {task: worth for task, worth in CHOSEN.tasks.items() if task[0] in "13"}
    assert list(course.points.items()) == list((own | {"1.2": 40, "3.1": 0.25}).items())
    assert course.total == 71.25
    assert course.due == datetime.fromisoformat("2026-10-30T23:59:00+01:00")
    assert course.late == late.Rule(15, 2.5, 4)
    assert (course.feedback, course.check_seconds, course.attempts) == (Feedback.COUNT, 12.5, "best")
    assert (course.roster, course.file) == (tmp_path / "roster.csv", tmp_path / "course.toml")
    assert "a secret" not in repr(course) + "".join(described(course))


def test_an_empty_file_is_the_usual_course(tmp_path: Path) -> None:
    """Every key may be left out; then no task is optional, and 100 points are all."""
    course = read(written(tmp_path, ""))
    assert course == Course(file=tmp_path / "course.toml")
    assert (course.tasks, course.total) == (tuple(CHOSEN.tasks), TOTAL)
    assert (course.usual, course.unweighed, course.total) == (True, True, 100)


def test_the_core_takes_25_hours(tmp_path: Path) -> None:
    """The example of the documentation: hours by the handout, 100 points, and no task without what it needs."""
    page = (PROJECT / "docs" / "course-file.md").read_text(encoding="utf-8")
    course = read(
        written(tmp_path, page.split("**A core of 25 hours.**")[1].split("```toml\n")[1].split("```")[0])
    )
    row = re.compile(r"^\| \[(\d\.\d) .* \| (\S+) \|$", re.MULTILINE)
    hours = {task: float(each) for task, each in row.findall((PROJECT / "handout.md").read_text(encoding="utf-8"))}
    assert sum(hours[task] for task in course.tasks) <= 25
    assert course.total == 100
    assert not [said for said in described(course) if "needs" in said]


def test_optional_tasks_come_on_top(tmp_path: Path) -> None:
    """Of chosen parts or of all, in their place; `tasks` may name them, too."""
    one, other = OPTIONAL[0], OPTIONAL[-1]
    course = read(written(tmp_path, f'parts = [5]\noptional = ["{other}", "{one}"]\n[points]\n"{one}" = 7'))
    assert course.tasks == tuple(t for t in TASKS if t in (one, other) or (t[0] == "5" and t not in OPTIONAL))
    assert course.points[one] == 7
    assert not course.unweighed
    course = read(written(tmp_path, f'optional = ["{one}"]'))
    assert course.total == 100 + TASKS[one].points
    number = f"all {len(CHOSEN.tasks)} usual tasks and 1 of the {len(OPTIONAL)} optional ones"
    assert f"The course has {number}, worth" in described(course)[0]
    away = [said for said in described(course) if "leaves out" in said]
    assert away == [f"Of the optional tasks, it leaves out {', '.join(OPTIONAL[1:])}."]
    assert read(written(tmp_path, "optional = []")).points == Course().points
    assert read(written(tmp_path, f'tasks = ["{other}", "1.1"]')).tasks == ("1.1", other)
    course = read(written(tmp_path, f"tasks = {json.dumps([*TASKS])}"))
    assert (course.unweighed, course.usual) == (True, False)


def test_points_are_those_that_the_file_says(tmp_path: Path) -> None:
    """Sums of decimals come out as people write them."""
    course = read(written(tmp_path, 'tasks = ["2.1", "2.2", "2.3"]\n[points]\n"2.1"=0.1\n"2.2"=0.2\n"2.3"=33.33'))
    assert course.total == 33.63


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('titel = "x"', "there is no key 'titel'; did you mean 'title'?"),
        ("[late]\npercent = 1", "[late] has no key 'percent'; did you mean 'percent_per_day'?"),
        ("[limits]\nseconds = 1", "[limits] has no key 'seconds'; did you mean 'check_seconds'?"),
        ("title = 3", 'title = 3 must be a text in quotes, such as "autumn".'),
        ('term = "a\\nb"', 'term = "a\\nb" must be one line, without signs that can\'t be seen.'),
        ('tasks = ["1.1"]\nparts = [1]', "there are both `tasks` and `parts`; keep one of them."),
        ('tasks = ["1.33"]', "tasks has \"1.33\", and there is no such task; did you mean '1.3'"),
        ("tasks = [1.1]", 'tasks = [1.1] must be a list such as ["1.1", "1.2"], with quotes.'),
        ("tasks = []", 'tasks = [] must be a list such as ["1.1", "1.2"], with quotes.'),
        ('tasks = ["1.1", "1.1"]', 'tasks has "1.1" more than once; keep one of them.'),
        ("parts = [7]", "parts has 7, and there is no such part; there are 1 to 5."),
        ("parts = 1", "parts = 1 must be a list such as [1, 2]."),
        ('optional = ["1.1"]', 'optional has "1.1", which is no optional task: it is in the course without that.'),
        ('optional = ["1.9"]', 'optional has "1.9", and there is no such optional task; did you mean '),
        ("optional = [4.7]", 'optional = [4.7] must be a list such as ["1.5", "2.6"], with quotes.'),
        ('[points]\n"4.7" = 3', '"4.7" = 3 in [points] is about an optional task; name it in `optional`, too.'),
        (
            'optional = ["2.6"]\ntasks = ["1.1"]',
            "there are both `tasks` and `optional`; name all tasks in `tasks`.",
        ),
        ("points = 3", "points = 3 must be a table: write [points], and its keys below."),
        ('[points]\n"0.0" = 1', '"0.0" = 1 in [points] is about no task; there are 1.1 to 5.7.'),
        ('[points]\n"1.1" = -1', '"1.1" = -1 in [points] must be a number from 0 to 1,000,000.'),
        ('[points]\n"1.1" = nan', '"1.1" = NaN in [points] must be a number from 0 to 1,000,000.'),
        ('[points]\n"1.1" = true', '"1.1" = true in [points] must be a number from 0 to 1,000,000.'),
        ('[points]\n"1.1" = 0.125', '"1.1" = 0.125 in [points] has more than two decimals.'),
        ("[points]\n1.1 = 3", "[points] names '1' without quotes around a task, which TOML needs: \"1.1\"."),
        ('parts = [2]\n[points]\n"1.1" = 3', '"1.1" = 3 in [points] is about a task that the course leaves out'),
        ('tasks = ["1.1"]\n[points]\n"1.1" = 0', "all tasks together are worth 0 points; let one of them"),
        ('feedback = "all"', 'feedback = "all" must be one of count, category, input, full.'),
        ("feedback = [1]", "feedback = [1] must be one of count, category, input, full."),
        (
            "due = 2026-10-30T23:59:00",
            "does not say how far its clock is from UTC; add that, such as 2026-10-30T23",
        ),
        ("due = 2026-10-30", "due = 2026-10-30 must be a date and a time with their distance from UTC, such as"),
        ('due = "tomorrow"', 'due = "tomorrow" must be a date and a time with their distance from UTC, such as'),
        ("[late]\ngrace_minutes = 1", "[late] needs to know when the course is due; write `due` above it."),
        ("[late]\npercent_per_day = -5", "late.percent_per_day = -5 must be a number from 0 to 100."),
        ("[late]\nmost_days = 1.5", "late.most_days = 1.5 must be a whole number from 0 to 10,000."),
        ('attempts = "first"', 'attempts = "first" must be "last" or "best".'),
        ("[limits]\ncheck_seconds = 0", "limits.check_seconds = 0 must be a number from 0.1 to 3,600."),
        ("seed = 7", 'seed = (secret) must be a text in quotes, such as "autumn".'),
        ('roster = "away.csv"', "can't be used: the file can't be read: No such file or directory."),
        ('roster = "odd.csv"', "can't be used: the file has no column `id`; its first line has name."),
        (
            'roster = "twice.csv"',
            "can't be used: the file has the id '7' in line 2 and in line 4; keep one of them.",
        ),
        ('roster = "none.csv"', "can't be used: the file, line 3: the id is empty."),
        ('roster = "latin.csv"', "can't be used: the file is not text in UTF-8; save it as that."),
    ],
)
def test_a_mistake_is_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    """It quotes what is wrong, and says what is right."""
    rosters = {"odd": "name\nAnn\n", "twice": "id,name\n7,Ann\n8,Bo\n7,Cy\n", "none": "id,name\n7,Ann\n,Bo\n"}
    for name, rows in rosters.items():
        (tmp_path / f"{name}.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "latin.csv").write_bytes(b"id\n\xe9\n")
    told = [line for line in mistakes(tmp_path, text) if says in line]
    assert len(told) == 1
    assert told[0].startswith("- ")
    assert told[0].endswith((".", "?"))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """One line for each, below one that counts them."""
    first, *told = mistakes(tmp_path, 'titel = "x"\nterm = 1\nfeedback = "x"\n[points]\n"1.1" = -1\n"1.2" = -1')
    assert first == f"the course file {str(tmp_path / 'course.toml')!r} has 5 mistakes:"
    assert len(told) == 5


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    """So is a file that is not there, and one that is not text."""
    assert "is not TOML: " in (said := mistakes(tmp_path, "title =\n")[0])
    assert "line 1" in said
    with pytest.raises(UsageError, match="can't be read: No such file"):
        read(tmp_path / "away.toml")
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="is not text in UTF-8"):
        read(tmp_path / "x.toml")


@pytest.mark.parametrize("text", ["tasks = " + "[" * 5000, f"term = {'9' * 5000}"])
def test_what_no_course_needs_is_refused(tmp_path: Path, text: str) -> None:
    """Numbers without end, and brackets within brackets."""
    with pytest.raises(UsageError, match=r"the course file '.*course.toml'"):
        read(written(tmp_path, text))


def test_a_due_date_may_mean_never(tmp_path: Path) -> None:
    """The last day that there is."""
    course = read(written(tmp_path, "due = 9999-12-31T23:59:59Z\n[late]\npercent_per_day = 10\n"))
    assert due(course)[0] == "The work is due on Friday, 31 December 9999, 23:59:59 (UTC)."


def test_a_seed_stays_secret_in_a_message(tmp_path: Path) -> None:
    """Though it is wrong."""
    assert "12345" not in "".join(mistakes(tmp_path, "seed = 12345"))


def test_grading_needs_no_roster(tmp_path: Path) -> None:
    """An autograder does not hold it."""
    assert read(written(tmp_path, 'roster = "away.csv"'), roster=False).total == TOTAL


def test_a_course_is_told_in_words(tmp_path: Path) -> None:
    """Tasks, points, dates with an example worked out, and what a chapter needs that is left out."""
    (tmp_path / "roster.csv").write_text("id\n1\n", encoding="utf-8")
    said = described(read(written(tmp_path, WHOLE_FILE)))
    assert said[0] == 'The course "Language models" autumn 2026 has 9 tasks, worth 71.25 points.'
    assert "Part 3, with points: 3.1 (0.25), 3.2 (2), 3.3 (2), 3.4 (4), 3.5 (2)." in said
    assert "Task 1.2 is worth 40 points in place of 15." in said
    assert "The handout says that task 3.2 needs 2.2, left out here: see whether it can do without." in said
    assert "The work is due on Friday, 30 October 2026, 23:59 (UTC+01:00)." in said
    example = (
        "So what is handed in on Sunday, 1 November 2026, 00:59 (UTC+01:00) is 2 days late: 50 points become 47.5."
    )
    assert example in said
    assert "Of several hand-ins, the best one counts." in said
