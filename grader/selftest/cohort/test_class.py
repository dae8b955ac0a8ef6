"""A class as an instructor grades it: added, graded, killed and resumed, regraded, decided, handed back."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from grader.cli import application
from grader.cohort import opened, standings
from grader.errors import UsageError
from grader.files import PROJECT
from grader.proofs import classes

WHAT = (
    "reference", "correct_naive", "half", "words_split_at_spaces", "exits_at_import", "broken", "bare",
    "untouched", "missing", "forged_results",
)  # fmt: skip
CLASS = [classes.Member(n, f"{classes.FIRST[n]} {classes.LAST[n]}", what) for n, what in enumerate(WHAT, 1)]
TASK = ["--task", "1.1", "--jobs", "2"]


def command(*args: object) -> list[str]:
    """Of the command line, in a process of its own."""
    return [sys.executable, "-m", "grader", "class", *map(str, args)]


def said(*args: object, status: int = 0) -> str:
    """What such a call prints; grading has a process of its own, as it has for its users."""
    if args[0] != "grade":
        done = CliRunner().invoke(application(), ["class", *map(str, args)])
        assert isinstance(done.exception, UsageError) if status else done.exit_code == 0, done.output
        return done.output + str(done.exception or "")
    run = subprocess.run(command(*args), cwd=PROJECT, capture_output=True, text=True, timeout=1200, check=False)
    assert run.returncode == status, run.stdout + run.stderr
    return run.stdout + run.stderr


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a class that nobody has graded."""
    folder = tmp_path_factory.mktemp("class")
    download = classes.write(folder / "class", CLASS, "canvas")
    store = folder / "class.db"
    out = said("add", download, "--roster", folder / "class" / "roster.csv", "--store", store)
    assert "a Canvas download; 9 submissions added" in out
    assert "1 can't be graded, which is kept, too:" in out
    assert "1 of the roster have handed in nothing:\n  s009\n" in out
    return store


@pytest.fixture(scope="module")
def whole(added: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, graded without a break."""
    store = _copy(added, tmp_path_factory.mktemp("whole"))
    out = said("grade", *TASK, "--store", store)
    assert "8 submissions to grade, 0 have a result already" in out
    assert "graded 8 submissions in" in out
    return store


def _copy(store: Path, folder: Path) -> Path:
    with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(folder / "class.db")) as to:
        source.backup(to)
    return folder / "class.db"


def results(store: Path) -> dict[str, tuple[float | None, str]]:
    """Each student's points, and why there are none."""
    with opened(store) as class_:
        return {each.student.id: (each.total, each.why) for each in standings(class_)}


def wait_for(is_so: Callable[[], bool]) -> None:
    """Until it is so, or two minutes have passed."""
    until = time.monotonic() + 120
    while not is_so() and time.monotonic() < until:
        time.sleep(0.05)


def gradings(store: Path) -> list[str]:
    """The submission of each grading that has a result."""
    with opened(store) as class_:
        return [row["digest"] for row in class_.rows("SELECT digest FROM gradings WHERE fault IS NULL")]


def grading(store: Path) -> subprocess.Popen[bytes]:
    """A grading of what is left, which says nothing."""
    silent = subprocess.DEVNULL
    return subprocess.Popen(command("grade", *TASK, "--store", store), cwd=PROJECT, stdout=silent, stderr=silent)


def kill_after(store: Path, more: int, seconds: float) -> None:
    """Grade until so many more have a result and so much time has passed, and kill that without a warning."""
    many = len(gradings(store)) + more
    with grading(store) as run:
        wait_for(lambda: len(gradings(store)) >= many or run.poll() is not None)
        time.sleep(seconds)
        run.kill()


@pytest.mark.slow
def test_all_get_what_they_deserve(whole: Path) -> None:
    """Right, half done, mistaken, hostile, broken, wrongly packed, or nothing: no zero without a reason."""
    found = results(whole)
    assert found["s001"] == found["s002"] == (6, "")
    assert found["s008"] == (0, "")
    assert found["s010"] == (0, "")
    assert found["s009"] == (None, "nothing was handed in")
    assert found["s007"][0] == 0
    assert found["s007"][1].startswith("no assignment/ with files")
    assert found["s006"] == (6, "")  # what is broken is another module
    partly = found["s004"][0]
    assert partly is not None
    assert 0 < partly < 6
    assert "nothing was handed in" in said("scores", "--store", whole)
    told = said("verify", "--store", whole)
    assert "the scores of 8 results are those of their checks\nfingerprint " in told
    with opened(whole) as class_:
        assert class_.fingerprint in told


@pytest.mark.thorough
def test_the_same_command_again_grades_nothing(whole: Path) -> None:
    """All of it has a result by these checks; --again says that it is wanted."""
    assert "0 submissions to grade, 8 have a result already" in said("grade", *TASK, "--store", whole)
    out = said("grade", *TASK, "--only", "s001", "--again", "--store", whole)
    assert "1 submissions to grade" in out
    assert "0 results changed from run 1 to run 2" in said("diff", 1, 2, "--store", whole)
    assert len(said("runs", "--store", whole).splitlines()) == 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.thorough) for n in range(1, 10))])
def test_a_killed_run_goes_on(added: Path, whole: Path, tmp_path: Path, seed: int) -> None:
    """Killed without a warning: what was graded stays, nothing is graded twice, and results are equal."""
    chance = random.Random(seed)
    store = _copy(added, tmp_path)
    for _ in range(1 + seed % 2):
        kill_after(store, chance.randint(1, 2), chance.random())
    said("grade", *TASK, "--store", store)
    assert results(store) == results(whole)
    assert len(gradings(store)) == len(set(gradings(store))) == 8
    assert "all rows are what was written" in said("verify", "--store", store)


@pytest.mark.thorough
def test_two_hundred_students_and_ten_kills(tmp_path: Path) -> None:
    """In four layouts, with a roster that lacks some: all are told or named, and no kill changes a result."""
    class_ = classes.members(200)
    paths = [classes.write(tmp_path / name, class_[n::4], name) for n, name in enumerate(classes.LAYOUTS)]
    lines = [(path.parent / "roster.csv").read_text("utf-8").splitlines() for path in paths]
    gaps = {member.id for member in class_ if member.number % 25 == 0}
    kept = [line for rows in lines for line in rows[1:] if line.partition(",")[0] not in gaps]
    (tmp_path / "roster.csv").write_text("\n".join([lines[0][0], *kept]), encoding="utf-8")
    out = said("add", *paths, "--roster", tmp_path / "roster.csv", "--store", tmp_path / "class.db")
    here = {member.id for member in class_ if member.what != "missing"} - gaps
    with opened(tmp_path / "class.db") as store:
        rows = store.rows("SELECT student, digest FROM attempts")
        assert sorted(row["student"] for row in rows) == sorted(here)
        submissions = sum(row["digest"] is not None for row in rows)
    left_out = len({member.id for member in class_ if member.what != "missing"} & gaps)
    assert sum(int(line.split()[0]) for line in out.splitlines() if "were left out" in line) == left_out > 0
    whole, killed = (_copy(tmp_path / "class.db", _new(tmp_path / name)) for name in ("whole", "killed"))
    said("grade", *TASK, "--store", whole)
    chance = random.Random(200)
    for _ in range(10):
        kill_after(killed, chance.randint(1, 20), chance.random())
    said("grade", *TASK, "--store", killed)
    assert results(killed) == results(whole)
    assert len(gradings(killed)) == len(set(gradings(killed))) == submissions
    for store_file in (whole, killed):
        assert "all rows are what was written" in said("verify", "--store", store_file)


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.mark.thorough
def test_ctrl_c_keeps_what_was_graded(added: Path, tmp_path: Path) -> None:
    """In one sentence; nothing of it is left running."""
    store = _copy(added, tmp_path)
    with subprocess.Popen(
        command("grade", *TASK, "--store", store),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        wait_for(lambda: bool(gradings(store)))
        run.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, told = run.communicate(timeout=60)
    assert told == "grader: stopped by Ctrl-C; what was graded before is kept, and nothing is left running\n"
    assert run.returncode == 130
    assert time.monotonic() - began < 15
    assert gradings(store)


@pytest.mark.slow
def test_two_graders_of_one_class(added: Path, tmp_path: Path) -> None:
    """The second says that the first is at it."""
    store = _copy(added, tmp_path)
    with grading(store) as run:
        wait_for(store.with_name("class.db.lock").exists)
        assert "another process is grading" in said("grade", *TASK, "--store", store, status=2)
        run.kill()


@pytest.mark.thorough
def test_a_worker_of_a_cluster_is_killed(added: Path, whole: Path, tmp_path: Path) -> None:
    """Dask gives its work to another, and results are those of one machine."""
    store = _copy(added, tmp_path)
    with subprocess.Popen(
        command("grade", *TASK, "--cluster", "local", "--store", store), cwd=PROJECT,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as run:  # fmt: skip
        wait_for(lambda: bool(gradings(store)))
        ours = psutil.Process(run.pid).children(recursive=True)
        workers = [server.parent() for server in ours if "grader.isolation.forking" in " ".join(server.cmdline())]
        killed = next(worker for worker in workers if worker and worker.pid != run.pid)
        killed.kill()
        _, told = run.communicate(timeout=240)
    assert run.returncode == 0, told
    assert results(store) == results(whole)
    assert len(gradings(store)) == len(set(gradings(store))) == 8


@pytest.mark.slow
def test_a_decision_and_a_gradebook(whole: Path, tmp_path: Path) -> None:
    """By hand, with a reason; what a platform imports has it."""
    store = _copy(whole, tmp_path)
    said("override", "s004", "1.1", "5.5", "--reason", "the handout was unclear", "--by", "Lee", "--store", store)
    said("scores", "--csv", f"plain={tmp_path / 'book.csv'}", "--store", store)
    [line] = [x for x in (tmp_path / "book.csv").read_text("utf-8-sig").splitlines() if x.startswith("s004")]
    assert "5.5" in line
    assert "the handout was unclear" in line
    assert "1.1" in said("show", "s004", "--store", store)
    for wrong, says in (
        (("scores", "--csv", "excel=a.csv"), "--csv 'excel=a.csv' is not NAME=FILE"),
        (("scores", "--counts", "first"), "neither last nor best"),
        (("show", "nobody"), "no student 'nobody'"),
        (("grade", "--only", "nobody"), "no student 'nobody'"),
        (("diff", "1", "9"), "no run 9"),
        (("add",), "nothing to add"),
    ):
        assert says in said(*wrong, "--store", store, status=2)


def test_truth_is_that_of_the_seed(tmp_path: Path) -> None:
    """The class that is generated has all kinds of students, and the same ones each time."""
    found = classes.members(200)
    kinds = {"half", "broken", "bare", "untouched", "missing", *classes.STYLES}
    assert kinds <= {member.what for member in found}
    classes.write(tmp_path / "a", found[:2], "clones")
    assert set(json.loads((tmp_path / "a" / "truth.json").read_text("utf-8"))) == {"s001", "s002"}
