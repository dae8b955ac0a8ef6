"""What a submission sees and can do inside the sandbox."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from grader.isolation.backend import IsolatedBackend
from grader.isolation.ladder import LADDER
from grader.isolation.sandbox import Sandbox
from grader.model import Limits, Verdict
from grader.selftest.conftest import Open
from tests.harness.outcomes import Altered, NotPlain, Stopped, StudentError
from tests.harness.student import Call, Student
from tests.harness.tasks import TENSORS

PROJECT = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))  # noqa: PTH100, PTH118, PTH120


def call(backend: IsolatedBackend, name: str, *args: Any) -> Any:
    """Call a function of the probe."""
    return backend.invoke(f"probe.{name}", None, list(args), {}, False)


def test_the_project_and_other_packages_are_not_there(sandboxed: Open, kind: str) -> None:
    """Reference, hidden tests, other packages and the caller's files are absent from the file system."""
    backend = sandboxed(
        """
import os, importlib.util
def opened(paths):
    found = []
    for path in paths:
        try: os.listdir(path) if os.path.isdir(path) else open(path).close()
        except OSError: continue
        found.append(path)
    return found
def importable(names): return [n for n in names if importlib.util.find_spec(n)]
"""
    )
    ours = [PROJECT, f"{PROJECT}/grader/hidden", f"{PROJECT}/README.md", f"{PROJECT}/grader/reference/bpe.py"]
    theirs = ["/etc/passwd", "/home", "/var", f"/proc/{os.getpid()}/cmdline", "/proc/1/cmdline"]
    assert call(backend, "opened", ours + theirs[: 5 if kind == "uid" else 4]) == []
    modules = [
        "tiktoken",
        "tokenizers",
        "sentencepiece",
        "rustbpe",
        "pytest",
        "hypothesis",
        "grader",
        "tests",
        "pip",
    ]
    assert call(backend, "importable", modules) == []
    assert call(backend, "importable", ["regex", "numpy"]) == ["regex", "numpy"]


def test_it_has_no_privilege_no_network_and_a_cleared_environment(sandboxed: Open, kind: str) -> None:
    """An unprivileged uid without capabilities, no socket that leads out, none of our variables."""
    os.environ["GRADER_SECRET"] = "x"
    backend = sandboxed(
        """
import os, socket
def ids(): return [os.getuid(), os.getgid(), len(os.getgroups())]
def status(key): return [l.split()[1] for l in open('/proc/self/status') if l.startswith(key)][0]
def sockets():
    made = []
    for name in ('AF_INET', 'AF_INET6', 'AF_UNIX', 'AF_NETLINK', 'AF_PACKET', 'AF_VSOCK', 'AF_ALG'):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            try: socket.socket(getattr(socket, name), kind).close()
            except OSError: continue
            made.append(name)
    return sorted(set(made))
def environment(): return sorted(os.environ)
"""
    )
    uid, gid, groups = call(backend, "ids")
    assert uid != 0
    assert gid != 0
    assert groups <= 1
    assert int(call(backend, "status", "CapEff"), 16) == 0
    assert call(backend, "status", "NoNewPrivs") == "1"
    assert call(backend, "sockets") == (["AF_UNIX"] if kind == "bwrap" else [])
    assert "GRADER_SECRET" not in call(backend, "environment")


def test_only_its_own_folders_are_writable(sandboxed: Open, kind: str) -> None:
    """The system, the submission and the worker are read-only; the temporary folders are not."""
    backend = sandboxed(
        """
import os, tempfile
def writable(paths):
    found = []
    for path in paths:
        try:
            open(os.path.join(path, 'planted'), 'w').close()
            found.append(path)
        except OSError: pass
    return found
def temporary():
    with tempfile.NamedTemporaryFile() as file: return os.path.dirname(file.name)
def folders(): return [tempfile.gettempdir(), os.getcwd(), '.', '/dev/shm']
"""
    )
    paths = [
        "/",
        "/usr",
        "/submission",
        "/submission/assignment",
        "/sandbox",
        "/sandbox/site",
        "/proc",
        "/dev",
        "/root",
    ]
    assert call(backend, "writable", paths) == []
    if kind == "uid":
        paths += ["/tmp", "/var/tmp", "/run", PROJECT]
    assert call(backend, "writable", paths) == []
    tmp, *others = call(backend, "folders")
    assert call(backend, "writable", [tmp, *others]) == [tmp, *others]
    assert call(backend, "temporary") == tmp


def test_the_first_process_can_neither_be_read_nor_killed(sandboxed: Open) -> None:
    """The supervising process withstands its children."""
    backend = sandboxed(
        """
import os, signal
def attack():
    got = []
    for name in ('environ', 'mem', 'fd', 'maps', 'cwd'):
        try:
            path = f'/proc/{os.getppid()}/{name}'
            os.listdir(path) if name == 'fd' else os.readlink(path) if name == 'cwd' else open(path).read(1)
            got.append(name)
        except OSError: pass
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP, signal.SIGSEGV):
        try: os.kill(os.getppid(), number)
        except PermissionError: pass
    return got
def fine(): return True
"""
    )
    assert call(backend, "attack") == []
    time.sleep(0.1)
    assert call(backend, "fine") is True


def test_nothing_of_a_check_is_left_in_the_next(sandboxed: Open) -> None:
    """Patched modules, files, background processes and locked folders are gone."""
    source = """
import json, os, pathlib, subprocess, sys, tempfile, threading, time
TMP = tempfile.gettempdir()
def litter():
    json.dumps = None
    pathlib.Path('left').write_text('x')
    os.makedirs(f'{TMP}/locked/inner'); os.chmod(f'{TMP}/locked', 0)
    try: os.chmod(TMP, 0o777)
    except PermissionError: pass
    pathlib.Path('/dev/shm/left').write_text('x')
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)
    return True
def look():
    folders = [sorted(os.listdir(path)) for path in (TMP, '.')]
    return [json.dumps is not None, *folders, oct(os.stat(TMP).st_mode), os.path.exists('/dev/shm/left')]
"""
    backend = sandboxed(source)
    mode = call(backend, "look")[3]
    assert call(backend, "litter") is True
    assert len(_running(backend)) > 4
    backend = sandboxed(source)
    assert call(backend, "look") == [True, ["inputs", "work"], [], mode, False]
    assert len(_running(backend)) == 2, "the first process and the check's own"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_works(sandboxed: Open, method: str) -> None:
    """A pool of processes works as at home, whatever its processes start from."""
    backend = sandboxed(
        """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
def square(n): return n * n
def pooled(method):
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool: squares = list(pool.map(square, range(5)))
    with context.Pool(2) as pool: squares += pool.map(square, [5])
    with ThreadPoolExecutor(4) as pool: return squares + list(pool.map(square, [6, 7]))
"""
    )
    assert call(backend, "pooled", method) == [0, 1, 4, 9, 16, 25, 36, 49]


@pytest.mark.parametrize("most", [1, 2])
def test_every_count_of_processors_says_the_same(sandboxed: Open, most: int) -> None:
    """Python's ways to ask, in the check and in a fresh interpreter, say two on any machine that has as many."""
    backend = sandboxed(
        """
import json, multiprocessing, os, subprocess, sys
COUNT = 'import json, os; print(json.dumps([os.cpu_count(), len(os.sched_getaffinity(0))]))'
def counts():
    own = [os.cpu_count(), multiprocessing.cpu_count(), len(os.sched_getaffinity(0))]
    own += [os.process_cpu_count()] if hasattr(os, 'process_cpu_count') else []
    return own + json.loads(subprocess.run([sys.executable, '-c', COUNT], stdout=subprocess.PIPE).stdout)
""",
        processors=most,
    )
    assert set(call(backend, "counts")) == {min(most, len(os.sched_getaffinity(0)))}
    assert Limits().processors == 2


def test_callables_and_iterators_cross_in_both_directions(sandboxed: Open) -> None:
    """The submission calls back functions and iterators of the grader's, lazily."""
    backend = sandboxed(
        """
def twice(function, x): return [function(x), function(x)]
def first_two(iterator): return [next(iterator), next(iterator)]
def doubled(iterator):
    for item in iterator: yield 2 * item
"""
    )
    asked: list[int] = []

    def ask(x: int) -> int:
        asked.append(x)
        return len(asked)

    assert call(backend, "twice", ask, 7) == [1, 2]
    assert asked == [7, 7]

    taken: list[int] = []

    def feed() -> Iterator[int]:
        for n in range(5):
            taken.append(n)
            yield n

    assert call(backend, "first_two", feed()) == [0, 1]
    assert taken == [0, 1]
    handle = backend.invoke("probe.doubled", None, [feed()], {}, True)
    assert backend.pull(handle, 2) == ([0, 2], False)
    assert backend.pull(handle, 100) == ([4, 6, 8], True)


def test_threads_may_take_from_an_iterator(sandboxed: Open) -> None:
    """Several at a time, and one that reads ahead between two requests, when the grader does not listen."""
    backend = sandboxed(
        """
import queue, threading
from concurrent.futures import ThreadPoolExecutor
def squares(function):
    with ThreadPoolExecutor(8) as pool: return list(pool.map(function, range(50)))
def ahead(iterator):
    filled = queue.Queue(maxsize=20)
    def fill():
        for item in iterator: filled.put(item)
        filled.put(None)
    threading.Thread(target=fill, daemon=True).start()
    while (item := filled.get()) is not None: yield item
"""
    )
    assert call(backend, "squares", lambda x: x * x) == [n * n for n in range(50)]
    handle = backend.invoke("probe.ahead", None, [iter(range(500))], {}, True)
    taken = []
    for count in range(1, 32):
        taken += backend.pull(handle, count)[0]
    assert taken == list(range(len(taken)))
    assert taken + backend.pull(handle, 1000)[0] == list(range(500))


def test_exceptions_cross_with_their_classes_and_both_ends_of_their_text(sandboxed: Open) -> None:
    """All built-in classes count; a long text keeps its end, where what it names may stand."""
    backend = sandboxed(
        """
class Unknown(KeyError, ValueError): pass
def f(): raise Unknown("a" * 5000 + "the end")
"""
    )
    with pytest.raises(StudentError) as error:
        call(backend, "f")
    assert error.value.kind == "KeyError"
    assert {"KeyError", "ValueError", "LookupError"} <= set(error.value.kinds)
    assert error.value.text.startswith("'aaa")
    assert error.value.text.endswith("the end'")
    assert len(error.value.text) <= 2000


def test_a_module_that_fails_to_import_fails_again(sandboxed: Open, folder: Path) -> None:
    """Though parts of it have been imported by then."""
    backend = sandboxed("from . import probe, nothing\ndef f(): return 1")
    (folder / "submission" / "assignment" / "__init__.py").write_text("from . import probe", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(StudentError, match="ImportError"):
            call(backend, "f")


def test_a_wrong_call_back_is_the_submissions_mistake(sandboxed: Open) -> None:
    """Wrong arguments to a function of the grader's raise TypeError over there, not here."""
    backend = sandboxed("def f(g): return g(1, 2, 3)")
    with pytest.raises(StudentError, match="TypeError"):
        call(backend, "f", lambda x: x)


def test_a_sandbox_that_died_is_replaced(sandboxed: Open) -> None:
    """The next check gets a new sandbox."""
    backend = sandboxed("def f(): return 1")
    first = psutil.Process(backend._sandbox.process.pid)
    for process in [*first.children(), first]:
        process.kill()
    backend._sandbox.process.wait()
    with pytest.raises(Stopped):
        call(backend, "f")
    assert call(sandboxed("def f(): return 1"), "f") == 1


def test_plain_data_crosses_unchanged(sandboxed: Open) -> None:
    """Integers of any size, bytes, text, floats, nested containers; tuples arrive as tuples."""
    backend = sandboxed("def same(x): return x\ndef kind(x): return type(x).__name__")
    values: list[Any] = [
        2**4000,
        -(2**64),
        b"\x00\xff",
        "日\U0001f600\x00",
        1.5,
        None,
        True,
        [[]],
        {"a": {1: [b""]}},
        {b"k": 0},
    ]
    for value in values:
        assert call(backend, "same", value) == value
    assert call(backend, "same", [(1, 2)]) == [[1, 2]]
    assert call(backend, "kind", (1, 2)) == "tuple"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("x.clear()", "argument 1 was changed: \\[\\]"),
        ("x[1]['a'].append(2)", "argument 1 was changed: \\[1, {'a': \\[1, 2\\]}\\]"),
        ("x[0] = True", "argument 1 was changed: \\[True,"),
        ("x[0] = type('Rude', (), {'__repr__': lambda self: 1 / 0})()", "can't be shown"),
        ("x[0] = 'long' * 10_000", "argument 1 was changed: .{100,220}$"),
    ],
)
def test_what_is_given_stays_as_it_is(sandboxed: Open, body: str, says: str) -> None:
    """A list or dict that was changed is named; the check goes on with its own."""
    backend = sandboxed(f"def f(x):\n    {body}\n    return 3\ndef g(x):\n    x = x + [1]\n    return x")
    given = [1, {"a": [1]}]
    with pytest.raises(Altered, match=says):
        call(backend, "f", given)
    assert given == [1, {"a": [1]}]
    assert call(backend, "g", given) == [*given, 1]


def test_memory_is_told(sandboxed: Open) -> None:
    """What the submission takes, as the outside sees it."""
    backend = sandboxed("kept = []\ndef f(n):\n    kept.append('x' * n)\n    return 0")
    call(backend, "f", 1)
    before = backend.used_mib()
    call(backend, "f", 50 << 20)
    assert 45 < backend.used_mib() - before < 60


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("class I(int): pass\n    return I(3)", "not plain data"),
        ("return {1, 2}", "not plain data"),
        ("return object()", "not plain data"),
        ("import numpy\n    return numpy.int64(3)", "numpy.int64"),
        ("return '\\ud800'", "surrogates"),
        ("return {(1,): 2}", "dict key"),
        ("return {1 << 60: 2}", "60 bits"),
        ("x = []\n    x.append(x)\n    return x", "deep"),
    ],
)
def test_other_answers_are_refused_with_a_reason(sandboxed: Open, body: str, reason: str) -> None:
    """What is not plain data is named."""
    with pytest.raises(NotPlain, match=reason):
        call(sandboxed(f"def f():\n    {body}"), "f")


@pytest.mark.parametrize(
    ("body", "limits", "verdict", "says"),
    [
        ("while True: pass", {"wall_s": 1}, Verdict.TIMEOUT, "within 1 s"),
        ("while True: pass", {"cpu_s": 1}, Verdict.TIMEOUT, "processor"),
        ("import time; time.sleep(60)", {"wall_s": 1}, Verdict.TIMEOUT, "within 1 s"),
        ("import os; os._exit(0)", {}, Verdict.CRASHED, "status 0"),
        ("import os; os._exit(7)", {}, Verdict.CRASHED, "status 7"),
        ("raise SystemExit(0)", {}, Verdict.CRASHED, "SystemExit"),
        ("import ctypes; ctypes.string_at(0)", {}, Verdict.CRASHED, "SIGSEGV"),
        ("import os; os.abort()", {}, Verdict.CRASHED, "SIGABRT"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", {}, Verdict.CRASHED, "SIGKILL"),
        ("x = bytearray(2**30)", {"memory_mib": 256}, Verdict.MEMORY, "256 MiB"),
        ("print('x' * 2**22, flush=True)", {}, Verdict.OUTPUT, "KiB"),
        ("import os\n    while True: os.write(2, b'x' * 65536)", {}, Verdict.OUTPUT, "KiB"),
        ("return b'x' * 2**21", {"answer_mib": 1}, Verdict.CRASHED, "above the limit"),
        ("return b'x' * (2**21 - 99)", {"answer_mib": 2, "answers_mib": 1}, Verdict.CRASHED, "together"),
        ("import os; os.closerange(3, 99)\n    while True: pass", {"wall_s": 5}, Verdict.CRASHED, "closed"),
        ("while True: open(str(len(__import__('os').listdir())), 'w')", {"files": 50}, Verdict.OUTPUT, "50 files"),
    ],
)
def test_limits_give_their_verdicts(
    sandboxed: Open, body: str, limits: dict[str, float], verdict: Verdict, says: str
) -> None:
    """Each limit ends the check with its own verdict, and the next check is served."""
    with pytest.raises(Stopped, match=says) as stopped:
        call(sandboxed(f"def f():\n    {body}", **limits), "f")
    assert stopped.value.verdict is verdict
    assert call(sandboxed("def f(): return 1"), "f") == 1


HANGS = """
import signal, threading, time
def f():
    return g()
def g():
    while True: time.sleep(0.01)
def catches():
    while True:
        try: g()
        except BaseException: pass
def locked():
    threading.Event().wait()
def ignores():
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    g()
def timeless(s):
    time.monotonic = time.sleep = None
    return s
def nearly(s):
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    time.sleep(s)
    return signal.getitimer(signal.ITIMER_REAL)
def asks(strings):
    for _ in strings: pass
"""


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("f", "probe.py:4 in f: return g()"),
        ("catches", "probe.py:9 in catches: "),
        ("locked", "probe.py:12 in locked"),
        ("ignores", "probe.py:15 in ignores: g()"),
    ],
)
def test_a_hang_tells_where_it_was(sandboxed: Open, name: str, first: str) -> None:
    """The lines of the submission, the outermost first; half a second before its time is up."""
    with pytest.raises(Stopped) as stopped:
        call(sandboxed(HANGS, wall_s=1), name)
    assert stopped.value.verdict is Verdict.TIMEOUT
    assert stopped.value.where[0].startswith(first)
    assert all(line.startswith("probe.py:") for line in stopped.value.where)


def test_a_hang_without_a_place_is_a_hang(sandboxed: Open) -> None:
    """Where the channel is in use all the time."""
    with pytest.raises(Stopped, match="within 1 s"):
        call(sandboxed(HANGS, wall_s=1), "asks", iter(int, 1))


def test_to_tell_a_place_costs_nothing(sandboxed: Open) -> None:
    """Signals and timers are the submission's, in the last moments of its time, too."""
    assert call(sandboxed(HANGS, wall_s=2), "nearly", 1.8) == [0, 0]
    backend = sandboxed(HANGS)
    assert [call(backend, "timeless", n) for n in (1, 2)] == [1, 2]


TOLD = """
import cbor2, os, struct, sys
def f(n):
    sys._current_frames = None
    data = cbor2.dumps({'where': ['a\\nb', 3, 'x' * 999]})
    for fd in filter(is_socket, map(int, os.listdir('/proc/self/fd'))):
        for _ in range(n): os.write(fd, struct.pack('>I', len(data)) + data)
    while n: pass
def is_socket(fd):
    try: return os.readlink(f'/proc/self/fd/{fd}').startswith('socket:')
    except OSError: return False
"""


def test_a_place_is_told_once_a_call(sandboxed: Open) -> None:
    """More of them break the protocol; what they hold stays on one line each."""
    with pytest.raises(Stopped) as stopped:
        call(sandboxed(TOLD, wall_s=1), "f", 1)
    assert stopped.value.where[:1] == ("a b",)
    assert [len(line) for line in stopped.value.where] == [3, 200]
    with pytest.raises(Stopped, match="no known form") as stopped:
        call(sandboxed(TOLD, wall_s=1), "f", 2)
    assert stopped.value.verdict is Verdict.CRASHED


IGNORED = {signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH, signal.SIGPIPE, signal.SIGXFSZ}
IGNORED |= {signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
"""By the kernel, by Python, or by a process that belongs to no terminal."""

OF_THE_C_LIBRARY = {32, 33}
"""Ignored, too, where a program such as make has started us."""


def test_every_signal_is_the_submissions(sandboxed: Open) -> None:
    """Whichever signal a submission sends itself, those without a name too, the verdict is its own."""
    for number in range(1, 65):
        backend = sandboxed(f"import os\ndef f(): os.kill(os.getpid(), {number})", wall_s=2)
        try:
            assert call(backend, "f") is None
            assert number in IGNORED | OF_THE_C_LIBRARY
        except StudentError as error:
            assert (number, error.kind) == (signal.SIGINT, "KeyboardInterrupt")  # noqa: PT017
        except Stopped as stopped:
            timed = number in (signal.SIGSTOP, signal.SIGXCPU)
            assert stopped.verdict is (Verdict.TIMEOUT if timed else Verdict.CRASHED)  # noqa: PT017


def answering(value: object) -> IsolatedBackend:
    """A backend whose sandbox answers this, whatever it is asked."""
    backend = IsolatedBackend.__new__(IsolatedBackend)
    backend._loaded, backend._unloadable, backend._callbacks, backend._low = set(), {}, [], ()
    backend._request = lambda *_, **__: value  # type: ignore[method-assign]
    return backend


@pytest.mark.parametrize(
    "value",
    ["text", 1 << 20_000, -1, 1 << 31, True, 1.0, None, b"", [], {}, "9" * 9_999],
    ids=lambda value: type(value).__name__,
)
def test_a_forged_handle_is_the_submissions_fault(value: object) -> None:
    """A handle that is none ends the check, whether an object or an iterator was asked for."""
    student = Student(answering(value), Call())
    for path in ("bpe.Tokenizer", "bpe.Tokenizer.encode_iterable"):
        with pytest.raises(Stopped, match="protocol: no handle"):
            student._call(path, None, path, ({}, []), {})


@pytest.mark.parametrize("value", [1, "", "a" * 9_999, b"/x", None, ["/x"]])
def test_a_forged_path_is_the_submissions_fault(value: object) -> None:
    """A path that is none ends the check."""
    with pytest.raises(Stopped, match="protocol: no path"):
        Student(answering(value), Call()).file("a", b"")


def test_what_no_limit_counts_is_refused(sandboxed: Open, kind: str) -> None:
    """Shared anonymous memory, memory files, larger buffers, sockets that send to anywhere, newer calls."""
    backend = sandboxed(
        """
import ctypes, errno, mmap, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def refused(acts):
    found = []
    for act in acts:
        try: eval(act)
        except OSError as error: found.append(error.errno)
        else: found.append(0)
    return found
def raised(result):
    if result < 0: raise OSError(ctypes.get_errno(), 'x')
"""
    )
    acts = [
        "mmap.mmap(-1, 4096)",
        "open('/dev/zero', 'rb').read(1) or os.stat('/none')",
        "os.memfd_create('x')",
        "socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)",
        "raised(libc.prctl(4, 0))",
        "raised(libc.syscall(463))",
        "raised(libc.shmget(1, 64, 0o1777))",
    ]
    assert 0 not in call(backend, "refused", acts)
    assert call(backend, "refused", ["mmap.mmap(-1, 4096, mmap.MAP_PRIVATE)", "socket.socketpair()"]) == [0, 0]
    if kind == "uid":
        pair = "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)"
        assert call(backend, "refused", [pair, "socket.socketpair()[0].bind('\\0x')"]) == [errno.EPERM] * 2


def test_files_without_a_name_count(sandboxed: Open) -> None:
    """An open file that was removed takes space, too: the check is ended, or has no space left."""
    source = """
import tempfile, time
def f():
    kept = [tempfile.TemporaryFile() for _ in range(9)]
    for each in kept:
        each.write(b'x' * 2**24)
        each.flush()
    time.sleep(60)
"""
    with pytest.raises((Stopped, StudentError), match=r"64 MiB written|No space left"):
        call(sandboxed(source, disk_mib=64), "f")


def test_a_flood_of_answers_does_not_outlast_the_limit(sandboxed: Open) -> None:
    """Call-backs without end are stopped in time."""
    backend = sandboxed("def f(g):\n    while True: g()", wall_s=2)
    started = time.monotonic()
    with pytest.raises(Stopped, match="within 2 s"):
        call(backend, "f", lambda: 0)
    assert time.monotonic() - started < 15


def test_memory_is_limited_over_all_processes_together(sandboxed: Open) -> None:
    """Many small processes can't take more than one large one may."""
    source = """
import os, time
def f():
    for _ in range(8):
        if os.fork() == 0:
            hoard = bytearray(b'x') * (100 * 2**20)
            time.sleep(60)
    time.sleep(60)
"""
    with pytest.raises(Stopped) as stopped:
        call(sandboxed(source, memory_mib=400), "f")
    assert stopped.value.verdict is Verdict.MEMORY


def test_a_fork_bomb_is_contained(sandboxed: Open) -> None:
    """Processes are limited, and all are gone when the check is over."""
    source = """
import os
def f():
    while True:
        try: os.fork()
        except OSError: pass
def g(): return 1
"""
    with pytest.raises(Stopped):
        call(sandboxed(source, wall_s=2), "f")
    assert call(sandboxed(source), "g") == 1
    mine = [p for p in psutil.Process().children(recursive=True) if "inside.worker" in " ".join(_command(p))]
    assert len(mine) <= 3, "bubblewrap, process 1 and one check"


def _running(backend: IsolatedBackend) -> list[psutil.Process]:
    """Our first process in a sandbox, and all that it started."""
    return [process for process in _all(backend._sandbox) if "bwrap" not in "".join(_command(process)[:1])]


def _all(sandbox: Sandbox) -> list[psutil.Process]:
    first = psutil.Process(sandbox.process.pid)
    return [first, *first.children(recursive=True)]


def test_closing_a_sandbox_ends_all_of_it(folder: Path, kind: str) -> None:
    """Nothing is left when close returns, and nothing long after its owner has died."""
    sandbox = Sandbox(LADDER[kind], folder, Limits()).ready()
    inside = _all(sandbox)
    sandbox.close()
    assert psutil.wait_procs(inside, timeout=1)[1] == []
    orphan = Sandbox(LADDER[kind], folder, Limits()).ready()
    inside = _all(orphan)
    orphan.control.close()
    assert [p for p in psutil.wait_procs(inside, timeout=5)[1] if p.status() != psutil.STATUS_ZOMBIE] == []
    orphan.close()


def test_a_sandbox_whose_first_process_is_killed_leaves_nothing(sandboxed: Open, kind: str) -> None:
    """Its processes are ended, and its files removed, from the outside; however deep they lie."""
    source = """
import os, pathlib, tempfile, time
def litter():
    pathlib.Path('/dev/shm/litter').write_text('x')
    if os.fork() == 0: os.setsid(); time.sleep(600)
    for _ in range(900): os.mkdir('d'); os.chdir('d')
    return tempfile.gettempdir()
"""
    backend = sandboxed(source, wall_s=60)
    tmp = Path(call(backend, "litter"))
    running = _running(backend)
    assert len(running) > 2
    running[0].kill()
    backend._sandbox.close()
    assert psutil.wait_procs(running, timeout=5)[1] == []
    assert not Path("/dev/shm/litter").exists()
    assert kind == "bwrap" or not tmp.parent.exists()


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.mark.parametrize(
    "written",
    [
        "b'\\xff\\xff\\xff\\xff'",
        "b'\\0\\0\\0\\1\\xff'",
        "b'\\0\\0\\0\\1\\x01'",
        "b'\\0\\0\\0\\5' + b'\\xa1bok\\xf6' * 2",
    ],
)
def test_writing_to_the_channel_ends_the_worker(sandboxed: Open, written: str) -> None:
    """A forged or malformed frame is the submission's fault."""
    source = f"""
import os, stat
def f():
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode): os.write(fd, {written})
        except OSError: pass
    return True
def g(): return [1]
"""
    backend = sandboxed(source)
    with pytest.raises(Stopped) as stopped:
        _ = call(backend, "f"), call(backend, "g")
    assert stopped.value.verdict is Verdict.CRASHED


def test_exceptions_cross_as_text(sandboxed: Open) -> None:
    """Kind, text and place of an exception; a subclass counts as its built-in parent."""
    source = """
class Mine(ValueError):
    def __str__(self): raise RuntimeError
class Fine(KeyError): pass
def f(): raise Mine('x')
def g(): raise Fine('x')
"""
    backend = sandboxed(source)
    with pytest.raises(StudentError) as error:
        call(backend, "f")
    assert (error.value.kind, error.value.where) == ("ValueError", ("probe.py:5 in f: def f(): raise Mine('x')",))
    with pytest.raises(StudentError) as error:
        call(backend, "g")
    assert (error.value.kind, error.value.text) == ("KeyError", "'x'")


def test_the_hash_seed_is_fixed(sandboxed: Open) -> None:
    """The order of a set is the same each time."""
    source = "def f(): return list({str(n) for n in range(50)})"
    assert call(sandboxed(source), "f") == call(sandboxed(source), "f")


def test_tensors_cross_as_views(sandboxed: Open) -> None:
    """Dtype, size, strides, offset, storage and gradient arrive; changing them there changes nothing here."""
    import torch

    backend = sandboxed(
        """
import torch
def look(tensors):
    shared = [t.untyped_storage()._cdata == tensors[0].untyped_storage()._cdata for t in tensors]
    return [[str(t.dtype), [*t.shape], [*t.stride()], t.storage_offset(), t.device.type] for t in tensors] + shared
def spoil(x):
    x.fill_(7)
    return x.sum().item()
def grads(x, y):
    return [x.requires_grad, x.grad.tolist(), y.requires_grad, y.grad is None]
def parts(x, y):
    return [x._indices().tolist(), x._values().tolist(), y.to_dense().tolist()]
""",
        TENSORS,
    )
    x = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    few = torch.ones(2, 2, dtype=torch.bfloat16)
    tensors = [x, x.t(), x[1:, ::2], x[0, :1].expand(5, 1), torch.empty(0), few, torch.empty(9, device="meta")]
    seen = call(backend, "look", tensors)
    described = [
        [str(t.dtype), list(t.shape), list(t.stride()), t.storage_offset(), t.device.type] for t in tensors
    ]
    assert seen == described + [True] * 4 + [False] * 3
    assert call(backend, "spoil", x) == 84
    assert x[0, 0] == 0
    learned = torch.zeros(2, requires_grad=True)
    learned.grad = torch.ones(2)
    assert call(backend, "grads", learned, learned[1:]) == [True, [1.0, 1.0], True, True]
    eye = torch.eye(2)
    parts = [[[0, 1], [0, 1]], [1.0, 1.0], [[1.0, 0.0], [0.0, 1.0]]]
    assert call(backend, "parts", eye.to_sparse(), eye.to_sparse_csr()) == parts
