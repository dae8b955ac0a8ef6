"""What passes from one check or submission to a later one: nothing but what is known and counted."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from grader.bench.channels import CHANNELS, CHECK, SUBMISSION, Channel, measured
from grader.files import PROJECT
from grader.grading import PLUGINS, pytest_args
from grader.isolation import LADDER
from grader.isolation.backend import IsolatedBackend
from grader.isolation.ladder import problem
from grader.isolation.libraries import needed
from grader.model import Verdict
from grader.selftest.conftest import Open
from tests.harness.outcomes import Stopped
from tests.harness.tasks import TENSORS

CLOSED = [
    pytest.param(
        each,
        kind,
        marks=pytest.mark.thorough if (place + n) % len(LADDER) else (),
        id=f"{kind}-{each.name}, {each.reader}",
    )
    for place, each in enumerate(CHANNELS)
    for n, kind in enumerate(LADDER)
]
"""Each channel in each sandbox: in one of them at each push, in the other by `make thorough`."""


def call(backend: IsolatedBackend, name: str) -> object:
    """Call a function of the probe."""
    return backend.invoke(f"probe.{name}", None, [], {}, False)


@pytest.mark.parametrize(("channel", "kind"), CLOSED, indirect=["kind"])
def test_a_closed_channel_carries_nothing(channel: Channel, kind: str) -> None:
    """What a receiver reads of 16 random bits is no better than a guess."""
    if kind in channel.known:
        pytest.skip("it is known to be open here, and SECURITY.md says how many bits it carries")
    assert measured(channel, kind, least=16) == 0


OF_PROCESS_1 = [each for each in CHANNELS if "process 1" in each.name or "its user" in each.name]


@pytest.mark.parametrize("channel", OF_PROCESS_1, ids=lambda each: each.name)
def test_without_root_process_1_is_out_of_reach_too(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a user namespace there is one uid for all, so only the filter keeps a check from process 1."""
    monkeypatch.setattr("grader.isolation.bwrap.os.geteuid", lambda: 1000)
    if why := problem("bwrap"):
        pytest.skip(f"no such sandbox here: {why}")
    assert measured(channel, "bwrap", least=16) == 0


def test_processes_are_numbered_anew(kind: str) -> None:
    """No submission can tell from its processes' numbers how many another had."""
    try:
        Path("/proc/sys/kernel/ns_last_pid").write_text("300")
    except OSError:
        if kind == "uid":
            pytest.skip("the numbers of processes can't be set here")
    channel = next(each for each in CHANNELS if each.name == "numbers of processes" and each.reader == SUBMISSION)
    assert measured(channel, kind, least=18) == 0


def test_an_open_channel_is_seen(kind: str) -> None:
    """The test above would tell: numbers of files pass from a check to the next in the same sandbox."""
    channel = next(each for each in CHANNELS if each.name == "numbers of files in memory" and each.reader == CHECK)
    assert measured(channel, kind, least=18) == channel.width


def test_honest_code_misses_nothing(sandboxed: Open) -> None:
    """Copies that keep times, new files, databases in memory, processes, and threads of numpy and torch work."""
    source = """
import os, pathlib, shutil, sqlite3, subprocess, sys, tempfile, time
def copies():
    with tempfile.TemporaryDirectory() as folder:
        one, two = pathlib.Path(folder, 'one'), pathlib.Path(folder, 'two')
        one.touch(); one.touch(); one.write_text('x')
        shutil.copy2(one, two); shutil.copytree(folder, folder + '2')
        os.posix_fadvise(os.open(two, os.O_RDONLY), 0, 0, os.POSIX_FADV_SEQUENTIAL)
        return two.read_text()
def database(): return list(sqlite3.connect(':memory:').execute('select 6 * 7'))[0][0]
def itself():
    os.nice(1); os.sched_setaffinity(0, os.sched_getaffinity(0)); os.getpriority(os.PRIO_PROCESS, 0)
    import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return os.preadv(os.open(__file__, os.O_RDONLY), [bytearray(4)], 0)
def started():
    command = [sys.executable, '-c', 'import threading; print(6)']
    return int(subprocess.run(command, capture_output=True, check=True).stdout)
def tensors():
    import numpy, torch
    torch.set_num_threads(2)
    square = torch.ones(300, 300)
    return [float(square.matmul(square).sum()), float(numpy.ones((9, 9)).dot(numpy.ones(9))[0])]
"""
    backend = sandboxed(source, TENSORS)
    asked = [call(backend, name) for name in ("copies", "database", "itself", "started", "tensors")]
    assert asked == ["x", 42, 4, 6, [27_000_000.0, 9.0]]


def test_what_reaches_others_is_refused(sandboxed: Open) -> None:
    """State of other processes, times, locks, leases and hints of files, and ways around the page cache."""
    source = """
import ctypes, fcntl, os, resource
libc = ctypes.CDLL(None, use_errno=True)
FILE = os.open(os.__file__, os.O_RDONLY)
FOLDER = os.open(os.path.dirname(os.__file__), os.O_RDONLY)
def raised(result):
    if result < 0: raise OSError(ctypes.get_errno(), 'x')
def allowed(acts):
    found = []
    for act in acts:
        try: eval(act)
        except OSError: continue
        found.append(act)
    return found
"""
    acts = [
        "resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))",
        "os.getpriority(os.PRIO_PROCESS, os.getppid())",
        "os.setpriority(os.PRIO_USER, 0, 1)",
        "os.sched_getscheduler(os.getppid())",
        "raised(libc.syscall(ctypes.c_long(157), ctypes.c_long(4 | 1 << 32), 0, 0, 0, 0))",  # prctl
        "raised(libc.syscall(ctypes.c_long(72), FILE, ctypes.c_long(1036 | 1 << 32), bytes(8)))",  # fcntl
        "os.utime('/dev/null')",
        "os.utime('/tmp')",
        "fcntl.flock(FILE, fcntl.LOCK_SH)",
        "fcntl.lockf(FILE, fcntl.LOCK_SH)",
        "fcntl.fcntl(FILE, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
        "fcntl.fcntl(FOLDER, fcntl.F_NOTIFY, fcntl.DN_ACCESS)",
        "fcntl.fcntl(FILE, fcntl.F_SETFL, os.O_DIRECT)",
        "os.open(os.__file__, os.O_DIRECT)",
        "os.preadv(FILE, [bytearray(1)], 0, os.RWF_NOWAIT)",
    ]
    if platform.machine() != "x86_64":  # its system calls have other numbers
        acts = [act for act in acts if "syscall" not in act]
    backend = sandboxed(source)
    assert backend.invoke("probe.allowed", None, [acts], {}, False) == []
    assert backend.invoke("probe.allowed", None, [["os.nice(0)", "os.getpriority(os.PRIO_PROCESS, 0)"]], {}, False)


def test_little_of_the_system_is_shown(sandboxed: Open) -> None:
    """Programs, headers and data of the system's can't be read; what the interpreter is linked with can."""
    source = """
import os, ssl, subprocess
def readable():
    found = []
    for path in ('/usr/bin/env', '/usr/bin/perl', '/usr/share', '/usr/include', '/usr/lib/locale/x', '/bin/ls'):
        try: os.listdir(path) if os.path.isdir(path) else open(path).close()
        except OSError: continue
        found.append(path)
    return found
def shell(): return subprocess.run('exit 7', shell=True).returncode
"""
    backend = sandboxed(source)
    assert call(backend, "readable") == []
    assert call(backend, "shell") == 7


def test_what_programs_are_linked_with_is_found() -> None:
    """The C library and the linker itself, as they are where a process has them in memory."""
    mapped = {
        Path(line.split()[-1]) for line in Path("/proc/self/maps").read_text().splitlines() if "/libc" in line
    }
    files = set(needed([Path(sys.executable)]).values())
    assert any(path.resolve() in files for path in mapped)
    assert any(path.name.startswith("ld-") for path in files)


def test_page_tables_count_as_memory(sandboxed: Open) -> None:
    """Whoever maps much and reads a page here and there has little memory of his own, and many page tables."""
    source = """
import mmap, time
def f():
    kept = [mmap.mmap(-1, 1 << 36, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ) for _ in range(4)]
    for pages in kept:
        for at in range(0, 1 << 36, 1 << 21): pages[at]
    time.sleep(9)
"""
    with pytest.raises(Stopped) as stopped:
        call(sandboxed(source, memory_mib=256), "f")
    assert stopped.value.verdict is Verdict.MEMORY


def test_public_checks_run_before_hidden_ones(order: list[str]) -> None:
    """What a public check says reaches students in full, so it is said before anything hidden is known."""
    hidden = ["hidden" in each for each in order]
    assert any(hidden)
    assert hidden == sorted(hidden)


@pytest.fixture
def order() -> list[str]:
    """The checks in the order in which the grader's pytest runs them."""
    command = [sys.executable, "-m", "pytest", *PLUGINS, *pytest_args(), "--collect-only"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if "::" in line]
