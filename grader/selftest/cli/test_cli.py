"""The command `grader`: files, exit statuses, and bad submissions from end to end."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import psutil
import pytest
import typer
from typer.testing import CliRunner

from grader.cli import application
from grader.errors import UsageError
from grader.files import PROJECT
from grader.grading import Options, grade
from grader.model import Verdict
from grader.proofs import classes, specimen
from grader.reports import schema
from grader.reports.formats import FORMATS
from tests.harness.tasks import TASKS

FULL = "grader: can't write '/dev/full': No space left on device; what was there before still is\n"
DOCTOR = "os.environ['COLUMNS'] = '250'; os.execv(sys.executable, [sys.executable, '-m', 'grader', 'doctor'])"


def grader(*args: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command, with these environment variables."""
    command = [sys.executable, "-m", "grader", *map(str, args)]
    environment = {**os.environ, "COLUMNS": "200", **variables}
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def zipped(path: Path, files: dict[str, str | bytes]) -> Path:
    """A .zip of these files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_grade_writes_all_its_files(tmp_path: Path) -> None:
    """Exit status 0, JSON that follows the schema, HTML, Gradescope; the reference has all points of a task."""
    archive = specimen.archive(specimen.load("reference"), tmp_path / "s.zip")
    report, page, scope = tmp_path / "r.json", tmp_path / "r.html", tmp_path / "results.json"
    files = ("--report", report, "--html", page, "--format", f"gradescope={scope}")
    done = grader("grade", archive, "--task", "5.5", *files)
    assert done.returncode == 0, done.stderr
    most = TASKS["5.5"].points
    assert f"Score {most:g} of {most:g}" in done.stdout
    data = json.loads(report.read_text(encoding="utf-8"))
    jsonschema.validate(data, schema())
    assert (data["score"], data["max_score"], data["isolation"]) == (most, most, "bwrap")
    assert json.loads(scope.read_text(encoding="utf-8"))["score"] == most
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["grade", "nowhere.zip"], "nowhere.zip"),
        (["grade", ".", "--task", "9.9"], "9.9"),
        (["grade", ".", "--isolation", "magic"], "magic"),
        (["grade", ".", "--format", "word=x.doc"], "word=x.doc"),
        (["grade", ".", "--format", "gradescope"], "gradescope"),
        (["grade", ".", "--report", "no/such/folder/r.json"], "no/such/folder"),
        (["grade"], "submission"),
        (["specimen", "nobody"], "nobody"),
        (["build", "moodle", "--out", "x"], "moodle"),
        (["build", "gradescope", "--out", "x.tar"], "x.tar"),
        (["build", "prairielearn", "--out", "grader"], "not empty"),
        (["build", "autolab", "--out", "1.tar"], "1.tar"),
        (["frobnicate"], "frobnicate"),
    ],
)
def test_wrong_arguments_exit_with_2_and_a_sentence(args: list[str], says: str) -> None:
    """The sentence names what is wrong; there is no traceback."""
    done = grader(*args)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_tells_of_low_limits() -> None:
    """With fewer open files than the handout promises it says so, and what that means."""
    limits = f"import os, resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))\n{DOCTOR}"
    command = [sys.executable, "-c", limits]
    low = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    said = " ".join(low.stdout.split())
    assert low.returncode == 3
    assert "100 open files instead of 128" in said
    assert "gets no score, not a zero" in said


def test_doctor_and_stubs_work() -> None:
    """Doctor finds the sandbox, and the stubs are fresh."""
    told = " ".join(grader("doctor").stdout.split())
    assert "isolation bwrap" in told
    assert "control group" in told
    assert grader("stubs", "--check").returncode == 0


def test_a_stub_of_a_module_that_is_gone_is_named(tmp_path: Path) -> None:
    """It is not removed, since it may be all that there is of it."""
    assert grader("stubs", "--out", str(tmp_path)).returncode == 0
    (tmp_path / "gone.py").touch()
    said = " ".join(grader("stubs", "--out", str(tmp_path)).stdout.split())
    assert "0 of them changed" in said
    assert said.endswith("what the reference does not have: gone.py")
    assert (tmp_path / "gone.py").exists()


@pytest.mark.parametrize(
    ("files", "verdict", "says"),
    [
        ({"assignment/bpe.py": "def train_bpe(:\n"}, Verdict.FAILED, "SyntaxError"),
        ({"assignment/bpe.py": b"x = '\xff\xfe'\n"}, Verdict.FAILED, "SyntaxError"),
        ({"assignment/bpe.py": "import time\ntime.sleep(3600)\n"}, Verdict.TIMEOUT, "no answer within 1 s"),
        ({"assignment/bpe.py": "raise RuntimeError('at import')\n"}, Verdict.FAILED, "at import"),
        ({"assignment/other.py": ""}, Verdict.FAILED, "No module named 'assignment.bpe'"),
        ({"assignment/bpe.py": ""}, Verdict.FAILED, "bpe.py has no train_bpe"),
        ({"assignment/bpe.py": "train_bpe = Tokenizer = 3"}, Verdict.FAILED, "not callable"),
        ({"readme.txt": "x"}, Verdict.SKIPPED, "no assignment/"),
    ],
)
def test_bad_submissions_get_a_verdict_and_a_sentence(
    tmp_path: Path, files: dict[str, str | bytes], verdict: Verdict, says: str
) -> None:
    """A score of 0, the right verdict, and one clear sentence; never a fault of the grader's."""
    report = grade(zipped(tmp_path / "s.zip", files), Options(tasks=("1.2",), check_seconds=1))
    assert report.score == 0
    assert {check.verdict for check in report.checks} == {verdict}
    assert says in report.checks[0].message


def test_what_can_be_graded_is(tmp_path: Path) -> None:
    """A syntax error in one module, and modules named like ours, cost nothing elsewhere."""
    planted = specimen.compose(specimen.load("reference"), tmp_path / "s")
    for name in (
        "broken.py",
        "regex.py",
        "cbor2.py",
        "worker.py",
        "tests.py",
        "grader.py",
        "conftest.py",
        "pytest.py",
    ):
        (planted / "assignment" / name).write_text("def (:\n", encoding="utf-8")
    report = grade(planted, Options(("1.1", "1.2", "2.2", "5.5")))
    assert report.score == report.max_score == sum(TASKS[task].points for task in ("1.1", "1.2", "2.2", "5.5"))


def test_a_killed_grader_leaves_nothing_behind(tmp_path: Path) -> None:
    """Kill -9: no report, and no process of the submission's or of ours."""
    planted = specimen.archive(specimen.load("endless_loop"), tmp_path / "s.zip")
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "grader", "grade", str(planted), "--task", "5.5", "--report", str(report)]
    process = psutil.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    family: list[psutil.Process] = []
    deadline = time.monotonic() + 30
    while len(family) < 4 and time.monotonic() < deadline:  # pytest, bubblewrap, process 1, the check
        family = process.children(recursive=True)
        time.sleep(0.05)
    assert len(family) >= 4
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    assert not report.exists()


def test_a_name_that_is_no_text_is_told_of(tmp_path: Path) -> None:
    """An archive's name that is no UTF-8, on a terminal of ASCII only: graded, and all files are written."""
    source = "def size_bytes(size):\n    raise ValueError('\\n日::error::x\\udcff')\n"
    archive = tmp_path / os.fsdecode(b"s\xff.zip")
    zipped(tmp_path / "s.zip", {"assignment/errata.py": source}).rename(archive)
    files = [f"--format={name}={tmp_path / name}" for name in FORMATS]
    places = ("--report", str(tmp_path / "r.json"), "--html", str(tmp_path / "r.html"), *files)
    done = grader("grade", archive, "--task", "5.5", "--isolation", "none", *places, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("wrote ") == 2 + len(FORMATS)
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["submission"]["name"] == "s\\udcff.zip"


def test_suspicions_are_printed_for_staff_only(tmp_path: Path) -> None:
    """A log has many readers: there the option must be given; the JSON report has them anyway."""
    archive = zipped(tmp_path / "s.zip", {"assignment/errata.py": "import ctypes\n"})
    options = ("--task", "5.5", "--isolation", "none", "--report", str(tmp_path / "r.json"))
    read_along = grader("grade", archive, *options, FORCE_COLOR="1", TTY_COMPATIBLE="1", TTY_INTERACTIVE="1")
    assert "ctypes" not in read_along.stdout
    assert read_along.stderr == "", "a bar that stays in the log would tell when each hidden check ended"
    assert "imports ctypes" in (tmp_path / "r.json").read_text(encoding="utf-8")
    assert (
        "worth a look: assignment/errata.py:1 imports ctypes"
        in grader("grade", archive, *options, "--staff").stdout
    )


def test_a_file_to_write_may_be_a_device(tmp_path: Path) -> None:
    """The device stays one; what goes to standard output can be read there."""
    archive = zipped(tmp_path / "s.zip", {"readme.txt": ""})
    files = ("--format=csv=/dev/null", "--report=/dev/null", "--html=/dev/null", "--format=junit=/dev/stdout")
    done = grader("grade", archive, "--task", "5.5", "--isolation", "none", *files)
    assert done.returncode == 4, done.stderr
    assert Path("/dev/null").is_char_device()
    assert "<error type=" in done.stdout


def test_every_command_shows_an_example() -> None:
    """That it takes: all its options and arguments are known ones."""
    top: Any = typer.main.get_command(application())
    groups = {"": top} | {f"{name} ": each for name, each in top.commands.items() if hasattr(each, "commands")}
    for prefix, group in groups.items():
        for name, command in group.commands.items():
            if command in groups.values():
                continue
            example = str(command.epilog).removeprefix(f"Example: grader {prefix}")
            first, *rest = shlex.split(example)
            assert first == name, example
            command.make_context(name, rest)


def test_a_part_is_all_its_tasks(tmp_path: Path) -> None:
    """As pytest has it; another is named."""
    archive = zipped(tmp_path / "s.zip", {"words.py": ""})
    done = grader("grade", archive, "--part", "3")
    told = [line.split()[0] for line in done.stdout.splitlines() if re.match(r"\d\.\d+ ", line)]
    assert set(told) == {task for task in TASKS if task.startswith("3.")}
    with pytest.raises(UsageError, match="--part '9' is no part of the course, which has 1, 2, 3, 4, 5"):
        run(["grade", str(archive), "--part", "9"])


def test_quiet_prints_nothing(tmp_path: Path) -> None:
    """What reads standard output, such as MarkUs, gets what it was told to read, and no table before it."""
    archive = zipped(tmp_path / "s.zip", {"assignment/errata.py": "def corrections(): pass\n"})
    done = grader("grade", archive, "--task", "5.5", "-q", "--format", "markus=/dev/stdout")
    assert [json.loads(line) for line in done.stdout.splitlines()]


def test_a_folder_or_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    """The folder before any work is done; the disk after the score was printed, and the old file still is."""
    archive = specimen.archive(specimen.load("reference"), tmp_path / "s.zip")
    done = grader("grade", archive, "--task", "5.5", "--html", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"grader: {str(tmp_path)!r} is a folder: name a file in it, such as ")
    assert len(done.stderr.splitlines()) == 1
    done = grader("grade", zipped(tmp_path / "broken.zip", {"words.py": ""}), "--html", "/dev/full")
    assert done.returncode == 3
    assert "Score" in done.stdout
    assert done.stderr == FULL


def run(arguments: list[str]) -> str:
    """What a command prints that is run in this process, in a terminal of 40 columns if it were one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "40")
        done = CliRunner().invoke(application(), arguments)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout


def test_where_no_terminal_is_nothing_is_cut() -> None:
    """A line a row, however narrow the environment says that it is; names alone for scripts."""
    lines = run(["specimen"]).splitlines()
    assert len(lines) == 1 + len(specimen.names())
    assert all(specimen.load(line.split()[0]).sentence in line for line in lines[1:])
    assert run(["specimen", "--plain"]).split() == specimen.names()
    assert "…" not in run(["doctor"])
    found = json.loads(run(["doctor", "--json"]))
    assert {"topic", "here", "means", "ok"} == found[0].keys()
    assert "isolation bwrap" in {finding["topic"] for finding in found}


def test_the_doctor_of_a_platform_names_those_that_it_knows() -> None:
    """Another is refused; elsewhere than where it grades, its folders are missing."""
    with pytest.raises(UsageError, match="'moodle' is none of autolab, gradescope, prairielearn"):
        run(["doctor", "--platform", "moodle"])
    assert re.search(r"no +/grade +not here +PrairieLearn puts", run(["doctor", "--platform", "prairielearn"]))


def test_ctrl_c_says_that_it_stopped(tmp_path: Path) -> None:
    """In one sentence, with the shell's exit status for it; no process or folder of the grader's is left."""
    archive = specimen.archive(specimen.load("reference"), tmp_path / "s.zip")
    folder = tmp_path / "temporary"
    folder.mkdir()
    command = [sys.executable, "-m", "grader", "grade", str(archive), "--part", "1"]
    environment = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        until = time.monotonic() + 60
        while not any(folder.iterdir()) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(1)
        run.send_signal(signal.SIGINT)
        out, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert out == ""
    assert said == "grader: stopped by Ctrl-C; no result was written, and nothing is left running\n"
    assert list(folder.iterdir()) == []


EARLY = """
import builtins, os, signal
whole = builtins.__import__

def stopped_there(name, *args, **more):
    if name == "grader.cli":
        os.kill(os.getpid(), signal.SIGINT)
    return whole(name, *args, **more)

builtins.__import__ = stopped_there
import runpy
runpy.run_module("grader", run_name="__main__")
"""


def test_ctrl_c_while_modules_are_imported() -> None:
    """The same, before the command line is there."""
    run = subprocess.run(
        [sys.executable, "-c", EARLY], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (run.returncode, run.stdout) == (130, "")
    assert run.stderr == "grader: stopped by Ctrl-C; nothing was begun\n"


def test_what_cannot_be_graded_has_a_status_of_its_own(tmp_path: Path) -> None:
    """So that no loop takes it for a 0; a class's download is told by its looks. The report is written."""
    classes.write(tmp_path / "class", classes.members(4), "canvas")
    done = grader("grade", tmp_path / "class" / "submissions.zip", "--report", str(tmp_path / "r.json"))
    assert done.returncode == 4
    assert "it looks like a Canvas download of 4 submissions, which `grader class add` reads" in done.stderr
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["problem"].startswith("no assignment/")
    done = grader("grade", zipped(tmp_path / "s.zip", {"a.txt": ""}))
    assert done.returncode == 4
    assert "looks like" not in done.stderr
