"""Runs of pytest in forks of a server: what they are given, how they end, and what is left of them."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from grader.errors import GraderFault
from grader.isolation import forking
from grader.isolation.forking import PARENT, Fork, Process, Runner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are there forks")

TELLS = """
import json, os, sys, time
BEGAN = os.getpid()

def test_tells():
    told = {"began": BEGAN, "pid": os.getpid(), "args": sys.argv, "cwd": os.getcwd()}
    told["environment"] = dict(os.environ)
    with open(os.environ["OUT"], "w") as file:
        json.dump(told, file)
    time.sleep(float(os.environ.get("SLEEP", 0)))
    assert "FAIL" not in os.environ
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with one test, which tells of its process."""
    (tmp_path / "test_tells.py").write_text(TELLS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def runner(folder: Path) -> Iterator[Runner]:
    """One whose next run is a fork."""
    made = Runner(folder, ["-q", "--collect-only", "test_tells.py"])
    assert isinstance(run(made, folder, folder / "first.json"), subprocess.Popen)
    yield made
    made.close()


def _written(file: Path) -> bool:
    """Whether there is something in it."""
    return file.exists() and file.stat().st_size > 0


def run(runner: Runner, folder: Path, out: Path, wait: bool = True, **environment: str) -> Process:
    """Run the test, and wait for its end, or until it has told."""
    kept = {"PATH": os.environ["PATH"], "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OUT": str(out), **environment}
    with (folder / "log").open("wb") as log:
        process = runner.start(["-q", "test_tells.py"], log, kept)
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until and (wait or not _written(out)):
        time.sleep(0.01)
    return process


def test_a_fork_gets_what_a_process_gets(runner: Runner, folder: Path) -> None:
    """Arguments, variables and folder of its own, what it prints in its log, and modules from the server."""
    process = run(runner, folder, folder / "second.json", ONLY_HERE="1")
    assert isinstance(process, Fork)
    first, second = (json.loads((folder / f"{name}.json").read_text()) for name in ("first", "second"))
    assert first["began"] == first["pid"]
    assert second["began"] == runner.server_pid != second["pid"]
    assert second["args"][1:] == first["args"][1:] == ["-q", "test_tells.py"]
    assert second["cwd"] == first["cwd"] == str(folder)
    changed = {"OUT", "ONLY_HERE", PARENT, "LC_CTYPE"}  # which a start of Python sets itself
    assert {k: v for k, v in second["environment"].items() if k not in changed} == {
        k: v for k, v in first["environment"].items() if k not in changed
    }
    assert "1 passed" in (folder / "log").read_text()
    assert process.wait() == process.poll() == 0


def test_its_status_is_told(runner: Runner, folder: Path) -> None:
    """A test that fails, a run that is killed, one that was over before."""
    assert run(runner, folder, folder / "a.json", FAIL="1").poll() == 1
    process = run(runner, folder, folder / "b.json", wait=False, SLEEP="60")
    assert process.poll() is None
    process.kill()
    assert process.wait() == -signal.SIGKILL
    process.kill()
    assert not psutil.pid_exists(json.loads((folder / "b.json").read_text())["pid"])


def test_a_server_that_is_gone_takes_its_runs_along_and_is_replaced(runner: Runner, folder: Path) -> None:
    """A run ends as one that was killed; the next has a new server."""
    process = run(runner, folder, folder / "a.json", wait=False, SLEEP="60")
    before = runner.server_pid
    assert before is not None
    fork = psutil.Process(json.loads((folder / "a.json").read_text())["pid"])
    os.kill(before, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert psutil.wait_procs([fork], timeout=10)[1] == []
    assert run(runner, folder, folder / "b.json").poll() == 0
    assert runner.server_pid != before


def test_a_server_belongs_to_the_process_that_started_it(runner: Runner, folder: Path) -> None:
    """A fork of that process starts its own; it keeps the first one neither from serving nor from ending."""
    assert run(runner, folder, folder / "a.json").poll() == 0
    server = psutil.Process(runner.server_pid)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pytest-xdist has threads, which don't matter to this fork
        pid = os.fork()
    if pid == 0:
        time.sleep(60 if runner.server_pid is None else 0)
        os._exit(0)
    assert run(runner, folder, folder / "b.json").poll() == 0
    runner.close()
    assert not server.is_running()
    assert os.waitpid(pid, os.WNOHANG) == (0, 0), "the fork lives, and has no server"
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def test_a_server_that_hangs_is_ended(runner: Runner, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is told to kill a run, and doesn't, is killed; so is the run."""
    monkeypatch.setattr(forking, "END_S", 0.2)
    process = run(runner, folder, folder / "a.json", wait=False, SLEEP="60")
    fork = psutil.Process(json.loads((folder / "a.json").read_text())["pid"])
    assert runner.server_pid is not None
    os.kill(runner.server_pid, signal.SIGSTOP)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert psutil.wait_procs([fork], timeout=10)[1] == []


def test_what_goes_wrong_before_pytest_is_in_the_log(runner: Runner, folder: Path) -> None:
    """A variable that can't be set."""
    process = run(runner, folder, folder / "a.json", wait=True, **{"": "x"})
    assert process.poll() == 1
    assert "OSError" in (folder / "log").read_text()


def test_many_open_files_are_no_hindrance(runner: Runner, folder: Path) -> None:
    """More than 1,024, which select can't wait for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        assert run(runner, folder, folder / "a.json").poll() == 0
    finally:
        for each in held:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_server_that_does_not_start_says_why(folder: Path) -> None:
    """And leaves no process."""
    runner = Runner(folder, ["--version"], ["os.path.nowhere"])
    run(runner, folder, folder / "a.json")
    before = set(psutil.Process().children())
    with pytest.raises(GraderFault, match=r"did not start: [\s\S]*os\.path"):
        run(runner, folder, folder / "b.json")
    assert set(psutil.Process().children()) <= before


def test_nothing_outlives_the_grader(folder: Path) -> None:
    """Killed without a warning, it leaves neither server nor runs."""
    script = (
        "import os, sys, time\nfrom pathlib import Path\nfrom grader.isolation.forking import Runner\n"
        "runner = Runner(Path(sys.argv[1]), ['-q', '--collect-only', 'test_tells.py'])\n"
        "log = open(os.devnull, 'wb')\n"
        "runner.start(['--version'], log, dict(os.environ)).wait()\n"
        "runner.start(['-q', 'test_tells.py'], log, dict(os.environ)).wait()\n"
    )
    out = folder / "told.json"
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OUT": str(out), "SLEEP": "60"}
    grader = psutil.Popen([sys.executable, "-c", script, str(folder)], env=environment)
    until = time.monotonic() + 60
    while not _written(out) and time.monotonic() < until:
        time.sleep(0.01)
    family = grader.children(recursive=True)
    assert len(family) == 2
    grader.kill()
    grader.wait()
    assert psutil.wait_procs(family, timeout=10)[1] == []
