"""The commands for a class, `grader class`: add, grade, scores, report, show, override, diff, runs, verify."""

from __future__ import annotations

import getpass
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer
from rich.progress import TextColumn, TimeRemainingColumn
from rich.table import Table

from grader.cli.console import console, errors, need_folder, progress
from grader.cli.course_file import OPTION, course_of
from grader.cli.grade import ISOLATION, tasks_of
from grader.cohort import (
    COUNT,
    GRADEBOOKS,
    Added,
    Done,
    Plan,
    Store,
    add,
    alone,
    changed,
    changes,
    class_html,
    cluster_pool,
    drop,
    earlier,
    enroll,
    enrolled,
    gradebook,
    handed_in,
    histories,
    local_pool,
    opened,
    override,
    plan,
    report_of,
    run,
    similar,
    similar_html,
    standings,
    write_students,
    wrong,
)
from grader.course import Course, read_roster
from grader.errors import GraderFault, UsageError
from grader.files import write_atomically
from grader.grading import Options, Settings
from grader.isolation import choose
from grader.reports import one_line, points, render, show

cohort = typer.Typer(name="class", help="Grade a class: collect, grade, decide, hand back.", no_args_is_help=True)
StoreFile = Annotated[Path, typer.Option("--store", metavar="FILE", help="The file that holds the class.")]
Counts = Annotated[str, typer.Option(help=f"Which attempt counts: {' or '.join(COUNT)}; else as the course says.")]
CourseFile = Annotated[Path | None, OPTION]
STORE = Path("class.db")
SAID = 20
"""Lines of one kind, of which the rest is counted."""


def _say(text: str, style: str | None = None) -> None:
    console.print(one_line(text), style=style, markup=False, highlight=False, soft_wrap=True)


def _list(heading: str, lines: Sequence[str], style: str | None = None) -> None:
    if lines:
        _say(heading, style)
    for line in lines[:SAID]:
        _say(f"  {line}")
    if len(lines) > SAID:
        _say(f"  and {len(lines) - SAID} more")


@cohort.command(name="add", epilog="Example: grader class add submissions.zip --roster roster.csv")
def add_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="A Canvas, Gradescope or Moodle download, or a folder of clones, folders or archives."
        ),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Who is in the class: id, and if it has them name, email, section."),
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--as", metavar="LABEL=ID", help="Whose a submission is that was not attributed; repeatable."
        ),
    ] = None,
    off: Annotated[
        list[str] | None, typer.Option("--drop", metavar="ID", help="Take a student off the roster; repeatable.")
    ] = None,
    store: StoreFile = STORE,
    course: CourseFile = None,
) -> None:
    """Add submissions to a class; what can't be attributed is listed, never guessed."""
    decided = [_decided(text) for text in given or ()]
    by = course_of(course)
    roster = roster or by.roster
    students = read_roster(roster) if roster else []
    if not paths and roster is None and not off:
        raise UsageError("nothing to add: give a folder or archive, or --roster FILE.csv")
    with opened(store, new=True) as class_:
        if roster:
            new = enroll(class_, students)
            _say(f"{roster}: {len(students)} students, {new} of them new or changed")
            others = {each.id for each in enrolled(class_) if each.listed} - {each.id for each in students}
            _list(
                f"{len(others)} whom it doesn't name stay on the roster; --drop ID takes one off:",
                [", ".join(sorted(others))] if others else [],
            )
        drop(class_, off or ())
        done = add(class_, paths or (), decided)
        for path, each in zip(paths or (), done, strict=True):
            _say_added(path, each)
        missing = [each.student.id for each in standings(class_) if each.attempt is None and each.student.listed]
        _list(f"{len(missing)} of the roster have handed in nothing:", [", ".join(missing)] if missing else [])
    _say(f"wrote {store}")
    if unread := sum(len(each.unread) for each in done):
        raise GraderFault(
            f"{unread} submissions could not be read here and were not added: mend what is said of them above, "
            "and run the same command again"
        )


def _say_added(path: Path, done: Added) -> None:
    again = f", {done.known} there already" if done.known else ""
    _say(f"{path}: {done.kind}; {done.attempts} submissions added{again}")
    for said, strays in (
        ("can't be graded, which is kept, too:", done.problems),
        ("were left out; --as LABEL=ID says whose one is:", done.strays),
        ("could not be read:", done.unread),
        ("were handed in before, and something else after that; each counts as a new attempt:", done.again),
    ):
        _list(f"{len(strays)} {said}", [f"{stray.label}: {stray.why}" for stray in strays], "yellow")


def _decided(text: str) -> tuple[str, str]:
    label, equals, student = text.rpartition("=")
    if not equals or not label or not student:
        raise UsageError(f"--as {text!r} is not LABEL=ID, such as submission_123=ann")
    return label, student


@cohort.command(name="grade", epilog="Example: grader class grade --jobs 8")
def grade_command(
    store: StoreFile = STORE,
    jobs: Annotated[int, typer.Option(help="How many at a time; as many as there are processors.", min=1)] = (
        os.cpu_count() or 1
    ),
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this student; repeatable.")] = None,
    task: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this task; repeatable.")] = None,
    part: Annotated[list[str] | None, typer.Option(metavar="N", help="Only this part; repeatable.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Also what has a result by the same checks.")] = False,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="On a Dask cluster, tcp://HOST:PORT; or local, to try it."),
    ] = None,
    isolation: Annotated[str, typer.Option(help=ISOLATION)] = "auto",
    check_seconds: Annotated[
        float | None, typer.Option(help="Bound each check's time limit from above, in seconds.", min=0.1)
    ] = None,
    course: CourseFile = None,
) -> None:
    """Grade what has no result yet. Ctrl-C or a crash loses nothing that was graded: the same command goes on."""
    by = course_of(course, roster=False)
    tasks = (*(task or ()), *tasks_of(part or (), by))
    settings = Settings(Options(check_seconds=check_seconds, course=by), choose(isolation))
    with alone(store), opened(store) as class_:
        planned = plan(class_, settings, tasks, only or (), again=again)
        _say(f"{len(planned.waiting)} submissions to grade, {planned.known} have a result already")
        if not planned.waiting:
            return
        if cluster is None:
            with local_pool(jobs) as pool:
                faults = _grade(planned, run(class_, planned, pool, jobs))
        else:
            with cluster_pool(cluster, jobs) as (pool, workers):
                faults = _grade(planned, run(class_, planned, pool, workers))
    if faults:
        raise GraderFault(
            f"{len(faults)} submissions have no score, since the grader failed in them: "
            f"{', '.join(sorted(faults)[:SAID])}; the same command tries them again"
        )


def _grade(planned: Plan, results: Iterator[Done]) -> set[str]:
    """Grade, tell how far it is, and give the students for whom the grader failed."""
    faults: dict[str, tuple[str, ...]] = {}
    scores: list[float] = []
    of, spent_s, checks_s, tried_again = len(planned.waiting), 0.0, 0.0, 0
    began = time.monotonic()
    with progress("grading", TextColumn("left"), TimeRemainingColumn()) as advance:
        for done in results:
            spent_s += done.wall_s
            checks_s += done.checks_s
            tried_again += done.tried > 1
            whose = ", ".join(done.waiting.students)
            if done.score is None:
                faults[done.waiting.digest] = done.waiting.students
                said = f"{whose}: {done.fault}"
            else:
                faults.pop(done.waiting.digest, None)
                scores.append(done.score)
                said = f"{whose}: {points(done.score)} of {points(done.max_score)}"
            advance(len(scores), of, one_line(said))
            if not errors.is_terminal:
                _say(f"{len(scores)}/{of} {said}")
    took_s = time.monotonic() - began
    for each in sorted(faults):
        _say(f"fault: {', '.join(faults[each])}", "red")
    again = f", {tried_again} tried again after a fault" if tried_again else ""
    rate = len(scores) / max(took_s, 1e-9) * 60
    _say(f"graded {len(scores)} submissions in {took_s:.0f} s, {rate:.1f} a minute{again}")
    if scores:
        each_s, inside_s = spent_s / len(scores), checks_s / len(scores)
        took = f"{each_s:.1f} s a submission, of which its checks took {inside_s:.1f} s"
        _say(f"mean {sum(scores) / len(scores):.1f} points; {took}")
    return {student for students in faults.values() for student in students}


@cohort.command(name="scores", epilog="Example: grader class scores --csv canvas=gradebook.csv")
def scores_command(
    store: StoreFile = STORE,
    counts: Counts = "",
    course: CourseFile = None,
    csv: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FILE", help=f"Write a gradebook: {', '.join(GRADEBOOKS)}; repeatable."),
    ] = None,
    title: Annotated[str, typer.Option(help="What the gradebook's column is called.")] = "Language models",
) -> None:
    """Show what all students have, and write gradebooks. Who has no result gets an empty cell, never a 0."""
    _need_counts(counts)
    files = [_gradebook(text) for text in csv or ()]
    by = course_of(course, roster=False)
    with opened(store) as class_:
        _note_roster(class_, by)
        found = standings(class_, by, counts)
    for name, path in files:
        write_atomically(path, gradebook(name, found, title))
    table = Table("student", "name", "attempts", "points", "note")
    for each in found:
        notes = [*filter(None, (each.said, each.lateness)), *(f"{o.task} by {o.by}" for o in each.overrides)]
        total = "" if each.total is None else points(each.total)
        table.add_row(
            *map(one_line, (each.student.id, each.student.name, str(each.attempts), total, "; ".join(notes)))
        )
    show(table, console)
    for _, path in files:
        _say(f"wrote {path}")


def _note_roster(class_: Store, course: Course) -> None:
    """Say so where the course's roster isn't what the store has of it."""
    if course.roster is None:
        return
    if new := changed(class_, read_roster(course.roster)):
        _say(f"note: {course.roster} has new or changed lines ({len(new)}); `grader class add` takes them over")


def _need_counts(counts: str) -> None:
    if counts and counts not in COUNT:
        raise UsageError(f"--counts {counts!r} is neither {' nor '.join(COUNT)}")


def _gradebook(text: str) -> tuple[str, Path]:
    name, equals, file = text.partition("=")
    if not equals or not file or name not in GRADEBOOKS:
        raise UsageError(f"--csv {text!r} is not NAME=FILE with NAME one of {', '.join(GRADEBOOKS)}")
    need_folder(Path(file))
    return name, Path(file)


@cohort.command(name="report", epilog="Example: grader class report --html class.html --students pages")
def report_command(
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page on the whole class, for staff.")
    ] = None,
    students: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write a page for each student, which he or she may see.")
    ] = None,
    store: StoreFile = STORE,
    counts: Counts = "",
    course: CourseFile = None,
) -> None:
    """Write pages: how the class did, which checks and mistakes tell most, and what each student is told."""
    _need_counts(counts)
    if html is None and students is None:
        raise UsageError("nothing to write: give --html FILE, or --students FOLDER")
    need_folder(html)
    if students and students.exists() and not students.is_dir():
        raise UsageError(f"{str(students)!r} is no folder")
    if students and not students.exists():
        need_folder(students)
    by = course_of(course, roster=False)
    counts = counts or by.attempts
    with opened(store) as class_:
        _note_roster(class_, by)
        found = histories(class_, by)
        if students:
            from grader.delivery import handout_page  # only now: no other command of a class needs it

            write_students(students, found, counts, handout_page(by), by)
            _say(f"wrote a page for each of {len(found)} students to {students}")
        if html:
            between = f"{quote(os.path.relpath(students, html.parent))}/" if students else ""
            write_atomically(html, class_html(class_, found, counts, between))
            _say(f"wrote {html}")


@cohort.command(name="show", epilog="Example: grader class show ann")
def show_command(
    student: Annotated[str, typer.Argument(help="The student's id.")],
    store: StoreFile = STORE,
    staff: Annotated[bool, typer.Option("--staff", help="Show what only staff may see.")] = False,
    course: CourseFile = None,
) -> None:
    """Show the report of each attempt of a student."""
    by = course_of(course, roster=False)
    with opened(store) as class_:
        if student not in {each.id for each in enrolled(class_)}:
            raise UsageError(f"no student {student!r} in the store")
        rows = class_.rows("SELECT * FROM attempts WHERE student = ? ORDER BY n", student)
        for row in rows:
            when = f", handed in {row['handed_in']}" if row["handed_in"] else ""
            _say(f"attempt {row['n']}: {row['label']}{when}, added {row['added']}")
            report = report_of(class_, row["digest"], course=by) if row["digest"] else None
            if report is None:
                _say(row["problem"] or "not graded yet")
            else:
                render(report, console, staff=staff)
        if not rows:
            _say("nothing was handed in")


@cohort.command(
    name="override", epilog="Example: grader class override ann 1.2 12 --reason 'accepted: a tie' --by 'Dr. Lee'"
)
def override_command(
    student: Annotated[str, typer.Argument(help="The student's id.")],
    task: Annotated[str, typer.Argument(help="The task, such as 1.2.")],
    given: Annotated[
        float, typer.Argument(metavar="POINTS", help="What the student gets for it, whatever the checks say.")
    ],
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
    by: Annotated[str, typer.Option(help="Who decides; it is kept.")] = "",
    store: StoreFile = STORE,
) -> None:
    """Give a student points for a task by hand. All decisions are kept, and the last one counts."""
    with opened(store) as class_:
        override(class_, student, task, given, reason, by or getpass.getuser())
    _say(f"{student} has {points(given)} points for task {task}: {reason}")


@cohort.command(name="diff", epilog="Example: grader class diff 1 2")
def diff_command(
    first: Annotated[int, typer.Argument(metavar="RUN", help="The number of a run.")],
    second: Annotated[int, typer.Argument(metavar="RUN", help="The number of a later one.")],
    store: StoreFile = STORE,
    course: CourseFile = None,
) -> None:
    """Show whose points a later run changed, by which check, and why."""
    by = course_of(course, roster=False)
    with opened(store) as class_:
        table = Table("students", "check", "before", "after", "why")
        found = list(changes(class_, first, second, by))
        for each in found:
            was, now = each.before, each.after
            why = (now.message or was.message).partition("\n")[0]
            row = (
                ", ".join(each.students),
                now.id,
                f"{points(was.points)} {was.verdict}",
                f"{points(now.points)} {now.verdict}",
                why,
            )
            table.add_row(*map(one_line, row))
    if found:
        show(table, console)
    _say(f"{len(found)} results changed from run {first} to run {second}")


@cohort.command(name="runs", epilog="Example: grader class runs")
def runs_command(store: StoreFile = STORE) -> None:
    """List the runs, and how many submissions each has graded."""
    with opened(store) as class_:
        table = Table("run", "began", "graded", "faults", "tasks", "sandbox", "checks")
        for row in class_.rows(
            "SELECT runs.*, count(gradings.n) AS graded, count(gradings.fault) AS faults, "
            "json_extract(settings, '$.isolation') AS isolation, json_extract(settings, '$.checks') AS checks "
            "FROM runs LEFT JOIN gradings ON gradings.run = runs.n GROUP BY runs.n ORDER BY runs.n"
        ):
            told = (row["n"], row["began"], row["graded"] - row["faults"], row["faults"], row["tasks"] or "all")
            table.add_row(*map(str, (*told, row["isolation"], row["checks"][:12])))
    show(table, console)


@cohort.command(name="verify", epilog="Example: grader class verify")
def verify_command(store: StoreFile = STORE) -> None:
    """Read all that is stored, compute each score anew, and compare."""
    with opened(store) as class_:
        found = list(wrong(class_))
        _list(f"{store} is not what was written:", found, "red")
        many = class_.rows("SELECT count(*) AS many FROM gradings")[0]["many"] if not found else 0
        mark = class_.fingerprint if not found else ""
    if found:
        raise GraderFault(f"{len(found)} places of {str(store)!r} are wrong; take a copy of it that is not")
    _say(f"{store}: all rows are what was written, and the scores of {many} results are those of their checks")
    _say(f"fingerprint {mark}: it stays the same as long as nothing is added, changed or taken away")


@cohort.command(
    name="similar", epilog="Example: grader class similar --html similar.html --past ../2026/submissions.zip"
)
def similar_command(
    store: StoreFile = STORE,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write a page with the code side by side.")
    ] = None,
    past: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Another year's download or folder, to compare with; repeatable."),
    ] = None,
) -> None:
    """Show whose code shares more than independent solutions do: where to look, and no more than that."""
    need_folder(html)
    with opened(store) as class_:
        solutions, together = handed_in(class_)
    found = similar([*solutions, *earlier(past or ())], together)
    if html:
        write_atomically(html, similar_html(found))
    table = Table("pair", "bits", "files")
    for pair in found.pairs:
        files = ", ".join(each.called for each in pair.passages)
        table.add_row(one_line(" and ".join(pair.owners)), f"{pair.bits:.0f}", files)
    if found.pairs:
        show(table, console)
    more = f", and {found.more} more that share less" if found.more else ""
    _say(f"{found.compared} solutions compared, {len(found.pairs)} pairs to look at{more}")
    _list("not compared:", found.left_out)
    if html:
        _say(f"wrote {html}")
