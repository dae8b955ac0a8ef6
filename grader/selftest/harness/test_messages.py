"""What is said of mistakes that come before any answer: to a student who runs pytest, and by the grader alike."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from grader.files import PROJECT
from grader.grading import Options, grade
from grader.selftest.conftest import needs_sandbox
from grader.selftest.harness.test_student_view import run
from tests.harness import bounds, expect_close, notes
from tests.harness.direct import DirectBackend, forget_assignment
from tests.harness.expect import Failure
from tests.harness.outcomes import Limits, Stopped, StudentError, Verdict
from tests.harness.tasks import TOTAL
from tests.mistakes import OneOf

APPENDED = {
    "words.py": """
def _helper(x):
    print("looking at", x)
    return x.lower_case()

def build_vocabulary(texts, max_size):
    return _helper(texts[0])

def split_word(text):
    return []

del split_words
""",
    "unigram.py": """
import os

def normalize(text):
    os._exit(0)

def segment(text, log_probs):
    return bytearray(3 << 30)

def removal_losses(word_counts, log_probs):
    while True:
        print("x" * 1000)
""",
    "views.py": """
import numpy

def is_contiguous(shape, strides):
    return numpy.bool_(True)

def contiguous_strides(shape):
    breakpoint()
    return []
""",
    "gradients.py": """
import gc, io, sys, threading

sys.stdout = io.TextIOWrapper(sys.stdout.buffer)
print("printed when imported")

class _Cycle:
    def __init__(self):
        self.me, self.file = self, open(__file__)

_counted = conv_flops

def conv_flops(*args):
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    _Cycle()
    gc.collect()
    return _counted(*args)
""",
    "utilization.py": """
def hfu(utilization, checkpointing):
    return utilisation
""",
    "transfers.py": """
def bandwidth(link):
    return bandwidth(link)
""",
}
REPLACED = {
    "bpe.py": b"import os\n\ndef f(:\n    return 1\n",
    "memory.py": "x = 'é'\n".encode("latin-1"),
    "tensors.py": "x = 1\n".encode("utf-16"),
    "floats.py": b"from _pretokens import PATTERN\n",
    "flops.py": b"from collectons import Counter\n",
    "budgets.py": b"from collections import Conter\n",
    "errata.py": b"type Size = int\n",
}
SAID = {
    "1.1": [
        "got       AttributeError: 'words.py has no split_words; it has split_word: give it the name that the",
        "at        words.py:$ in build_vocabulary: return _helper(texts[0])\n"
        "  at        words.py:$ in _helper: return x.lower_case()",
    ],
    "1.2": [
        "got       SyntaxError: 'invalid syntax'\n  at        bpe.py:3\n  at            def f(:\n",
        "  at                  ^\n",
    ],
    "1.4": [
        "got       it ended its process with status 0, as os._exit does",
        "got       more memory than the 2,048 MiB",
    ],
    "2.1": ["try       save the file as UTF-8"],
    "2.2": ["try       save the file as UTF-8"],
    "2.3": ["it lies beside your file: from ._pretokens import ..."],
    "3.1": ["a breakpoint() was reached", "views.py:$ in contiguous_strides:"],
    "3.3": ["got       a numpy.bool, which is not plain data\n  try       bool(x)"],
    "4.1": ["No module named 'collectons'", "try       there is collections, whose name is near"],
    "4.5": ["cannot import name 'Conter' from 'collections'; it has Counter"],
    "4.6": ["more ...", "try       a loop in the place of recursion"],
    "5.3": ["name 'utilisation' is not defined; there is utilization"],
    "5.5": ["type Size = int", f"try       this is Python {sys.version_info[0]}.{sys.version_info[1]}"],
}
"""Of each task, what its public messages hold; `$` stands for a line's number."""

if sys.version_info >= (3, 12):
    del SAID["5.5"]  # where that line is none of the mistakes


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folders, with the reference and all of these mistakes."""
    root = tmp_path_factory.mktemp("messages")
    for name in ("tests", "fixtures"):
        shutil.copytree(PROJECT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT / "grader" / "reference", root / "assignment")
    shutil.copy(PROJECT / "pyproject.toml", root)
    for name, text in APPENDED.items():
        with (root / "assignment" / name).open("a", encoding="utf-8") as file:
            file.write(text)
    for name, content in REPLACED.items():
        (root / "assignment" / name).write_bytes(content)
    (root / "assignment" / "_pretokens.py").write_text("PATTERN = ''\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def output(clone: Path) -> str:
    """What a student sees."""
    return run(clone, "-q")[1]


def _numberless(text: str) -> str:
    """The text with `$` for the number of each line of a submission's file."""
    words = text.split(".py:")
    return ".py:".join([words[0], *("$" + word.lstrip("0123456789") for word in words[1:])])


@pytest.mark.parametrize(("task", "part"), [(task, part) for task, parts in SAID.items() for part in parts])
def test_a_student_reads_what_is_wrong_and_where(output: str, task: str, part: str) -> None:
    """In the diagnosis of that task's first check that fails."""
    blocks = [block for block in output.split("\n____") if f"\n{task}/" in block]
    assert any(part in block or part in _numberless(block) for block in blocks), "".join(blocks[:2])


def test_a_file_that_is_no_python_is_shown_once(output: str) -> None:
    """All its other checks refer to that place."""
    assert output.count("def f(:") == 1
    assert output.count("SyntaxError: 'invalid syntax' (see above)") >= 8


def test_a_wrong_indent_is_shown_once(clone: Path) -> None:
    """As other lines that are no Python."""
    (clone / "assignment" / "flops.py").write_text("def f():\n    x = 1\n   return x\n", encoding="utf-8")
    output = run(clone, "-q", "--task", "4.1", "--task", "4.2")[1]
    assert output.count("   return x") == 1
    assert output.count("indentation level' (see above)") == 6


def test_what_was_printed_stands_with_the_diagnosis(output: str) -> None:
    """The end of it."""
    assert "Captured stdout call" in output
    assert "looking at The The" in output


def test_what_goes_wrong_beside_the_answers_costs_nothing(output: str) -> None:
    """In threads, with files left open, with another sys.stdout; it is told, and no check fails by it."""
    assert "5.4  Gradient timings of real GPUs  1.5/1.5 points" in output
    assert "ZeroDivisionError: division by zero" in output


def test_the_board_knows_what_grading_would_say(output: str) -> None:
    """Names and imports that it would miss, the first of them, and the sum."""
    assert "note  budgets.py has no peak_flops, for task 4.5" in output
    assert "note  floats.py imports _pretokens, which is not there when it is graded" in output
    assert "more: python -m tests.submit" in output
    [(public, hidden)] = re.findall(r"^all .*/([\d.]+) points \(hidden checks hold ([\d.]+) more\)", output, re.M)
    assert float(public) + float(hidden) == TOTAL


@needs_sandbox
def test_the_grader_says_the_same(clone: Path) -> None:
    """Check by check, but for what only a process of its own can tell."""
    tasks = ("1.1", "1.2", "2.1", "2.3", "3.1", "3.3", "4.1", "4.5", "5.3", "5.5")
    reports = [grade(clone, Options(tasks, isolation=isolation)) for isolation in ("none", "auto")]
    direct, isolated = ({c.id: _numberless(c.message) for c in r.checks if not c.hidden} for r in reports)
    assert isolated == direct
    assert any("words.py:$ in _helper" in message for message in isolated.values())


@pytest.fixture
def probe(tmp_path: Path) -> Iterator[DirectBackend]:
    """Functions that go too far, run in this process."""
    source = """
import os, sys, time

def hangs(): inner()

def inner():
    while True: time.sleep(0.001)

def prints():
    while True: print("x" * 1000)

def leaves(): os._exit(3)

def forks():
    pid = os.fork()
    if not pid: os._exit(7)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def grows():
    kept = []
    while True: kept.append(bytes(1 << 28))

def catches():
    try: hangs()
    except: pass
    return 1

def sets_an_alarm():
    import signal
    signal.alarm(0)
    time.sleep(1.1)

def never_ends():
    import signal
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True: pass

def catches_again():
    while True:
        try: [][0]
        except: pass

def prints_and_catches():
    try: prints()
    except BaseException: return 1

def leaves_in_a_thread():
    import threading
    thread = threading.Thread(target=leaves)
    thread.start()
    thread.join()

class Untold(ValueError):
    def __str__(self): raise KeyError(1)
    __repr__ = __str__

def is_untold(): raise Untold

def ends_untold(): raise SystemExit(Untold())

def blames_another_file(): raise SyntaxError("no", (__file__, "one", "two", 3))

kept = sys.stdout

def is_cancelled():
    import asyncio
    raise asyncio.CancelledError

def is_interrupted(): raise KeyboardInterrupt

def skips():
    import pytest
    pytest.skip("no")

class Beyond(BaseException):
    def __str__(self): raise self

def goes_beyond(): raise Beyond

class Mixed(type):
    @property
    def __mro__(cls): raise Beyond

class Hidden(Exception, metaclass=Mixed): pass

def hides_its_kind(): raise Hidden

def takes_the_time(): time.monotonic = time.sleep = None

def closes():
    with sys.stdout: print("in it")
    sys.stdout.close()

def takes_away(): del sys.stdout

def naps(): time.sleep(0.4)

def prints_a_little(): print("x" * 700, file=kept)
"""
    (tmp_path / "assignment").mkdir()
    (tmp_path / "assignment" / "__init__.py").touch()
    (tmp_path / "assignment" / "words.py").write_text(source, encoding="utf-8")
    path = sys.path[:]
    yield DirectBackend(tmp_path, tmp_path, Limits(wall_s=1.0, memory_mib=64), set())
    forget_assignment()
    sys.path[:] = path


def test_a_hang_tells_where_it_was(probe: DirectBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outermost line first; the second try has two seconds at most, here a tenth of one."""
    monkeypatch.setattr("tests.harness.direct.AGAIN_S", 0.1)
    slow = set[str]()
    for most, told in ((3.0, "no answer within 1 s"), (0.8, "no answer within 0.1 s; there are 1 s, which")):
        probe = DirectBackend(probe._root, probe._scratch, probe._limits, slow)
        started = time.monotonic()
        with pytest.raises(Stopped) as stopped:
            probe.invoke("words.hangs", None, [], {}, keep=False)
        assert time.monotonic() - started < most
        assert stopped.value.verdict is Verdict.TIMEOUT
        assert stopped.value.message.startswith(told)
        assert stopped.value.where[0] == "words.py:4 in hangs: def hangs(): inner()"
        assert stopped.value.where[1].startswith("words.py:7 in inner: ")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # as in a check
@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("prints", Verdict.OUTPUT),
        ("prints_and_catches", Verdict.OUTPUT),
        ("leaves", Verdict.CRASHED),
        ("leaves_in_a_thread", Verdict.CRASHED),
        ("grows", Verdict.MEMORY),
        ("catches", Verdict.TIMEOUT),
        ("sets_an_alarm", Verdict.TIMEOUT),
        ("never_ends", Verdict.TIMEOUT),
        ("catches_again", Verdict.TIMEOUT),
        ("ends_untold", Verdict.CRASHED),
    ],
)
def test_limits_hold_in_a_students_own_run(probe: DirectBackend, name: str, verdict: Verdict) -> None:
    """Even where the code catches what stops it; and the next check works."""
    if name == "grows" and not Path("/proc/self/statm").exists():
        pytest.skip("this system can't hold memory back")
    with pytest.raises(Stopped) as stopped:
        probe.invoke(f"words.{name}", None, [], {}, keep=False)
    assert stopped.value.verdict is verdict
    bounds.print_afresh(1024)
    assert probe.invoke("words.prints_a_little", None, [], {}, keep=False) is None


@pytest.mark.parametrize(
    "name",
    [
        "is_untold",
        "blames_another_file",
        "is_cancelled",
        "is_interrupted",
        "skips",
        "goes_beyond",
        "hides_its_kind",
    ],
)
def test_an_exception_that_cannot_be_told_is_the_submissions(probe: DirectBackend, name: str) -> None:
    """Whatever its text or its place is made of."""
    with pytest.raises(StudentError):
        probe.invoke(f"words.{name}", None, [], {}, keep=False)


def test_a_clock_that_is_taken_away_is_missed_by_nobody(
    probe: DirectBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A submission may replace functions of time for its own."""
    for name in ("monotonic", "sleep"):
        monkeypatch.setattr(time, name, getattr(time, name))  # is put back in the end
    for _ in range(2):
        assert probe.invoke("words.takes_the_time", None, [], {}, keep=False) is None


@pytest.mark.parametrize("name", ["closes", "takes_away"])
def test_a_stream_that_is_closed_is_there_for_the_next_check(probe: DirectBackend, name: str) -> None:
    """Nor is that a mistake."""
    assert probe.invoke(f"words.{name}", None, [], {}, keep=False) is None
    assert sys.stdout.write("it is") == 5


def test_the_time_is_that_of_all_calls_of_a_check(probe: DirectBackend) -> None:
    """As in grading; what came to its end earlier is told its real limit."""
    for _ in range(2):
        probe.invoke("words.naps", None, [], {}, keep=False)
    with pytest.raises(Stopped, match=r"no answer within 1 s$"):
        probe.invoke("words.naps", None, [], {}, keep=False)


def test_a_keyboards_interrupt_ends_the_run(probe: DirectBackend) -> None:
    """Though the code catches it."""
    interrupt = threading.Timer(0.2, lambda: signal.raise_signal(signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupt.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            probe.invoke("words.catches", None, [], {}, keep=False)
    finally:
        signal.signal(signal.SIGINT, before)


def test_each_check_may_print_anew(probe: DirectBackend) -> None:
    """By a stream that the module took when it was imported, too."""
    for _ in range(3):
        bounds.print_afresh(1024)
        probe.invoke("words.prints_a_little", None, [], {}, keep=False)
    with pytest.raises(Stopped):
        probe.invoke("words.prints_a_little", None, [], {}, keep=False)


def test_a_child_process_ends_as_it_does(probe: DirectBackend) -> None:
    """With its own status."""
    assert probe.invoke("words.forks", None, [], {}, keep=False) == 7


def test_where_there_is_no_timer_a_thread_stops_what_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    monkeypatch.delattr("signal.setitimer")

    def hangs(catch: type[BaseException]) -> None:
        with bounds.seconds(0.2, lambda frames: [frames[-1].name], "0.2 s"), suppress(catch):
            while True:
                time.sleep(0.001)

    for catch in (ZeroDivisionError, BaseException):
        with pytest.raises(Stopped) as stopped:
            hangs(catch)
        assert stopped.value.where == ("hangs",)


def test_the_next_check_is_shown_alone(clone: Path) -> None:
    """With the chapter that explains it."""
    status, output = run(clone, "-q", "--next", "--task", "5.3", "--task", "4.1")
    assert status == 2
    assert output.count("[FAILED, worth") == 1
    assert "see handout.md, Task 4.1: FLOPs of a matrix product; python -m pytest --task 4.1" in output


def test_all_of_the_plan_is_known_whatever_runs(clone: Path) -> None:
    """By a name, and in several processes."""
    output = run(clone, "-q", "-k", "the_median_of_all_runs")[1]
    assert "5.1  Timing asynchronous work  0.5/2 points: 3 not run (hidden checks hold 2 more)" in output
    output = run(clone, "-q", "-n", "2", "--task", "5.2")[1]
    assert "5.2  Forward and backward apart  1/1 points (hidden checks hold 1 more)" in output


def test_full_trace_shows_the_students_frames(clone: Path) -> None:
    """And none of the harness's."""
    output = run(clone, "-q", "--full-trace", "-k", "rank_by_count")[1]
    assert "in build_vocabulary\n    return _helper(texts[0])" in output
    assert "/harness/" not in output


def test_notes_of_a_whole_submission_are_none() -> None:
    """The reference has all that is asked, and the stubs do."""
    for folder in (PROJECT / "grader" / "reference", PROJECT / "assignment"):
        files = {f"assignment/{path.name}": path.read_bytes() for path in folder.glob("*.py")}
        files["assignment/__init__.py"] = b""
        assert notes.notes(files) == []


def test_submit_names_what_grading_would_miss(clone: Path) -> None:
    """And the line that is no Python."""
    command = [sys.executable, "-m", "tests.submit", "--out", str(clone / "s.zip")]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "assignment/bpe.py is not Python: invalid syntax, line 3" in done.stderr


HANGS = """

def split_words(text):
    import time
    while True:
        try:
            time.sleep(100)
        except:
            pass
"""
IMPATIENT = """
from tests.harness import bounds
import pytest
bounds.ENOUGH, bounds.INSIST_S = 2, 0.2
pytest.main(["--task=1.1", "--board=board.json"])
raise SystemExit("it went on")
"""
QUICK = """
from tests.harness import Student, limits, points

@points(1, task="1.1")
def test_first(student: Student) -> None:
    "One that ends."

@points(1, task="1.1")
@limits(wall_s=0.3)
def test_hangs(student: Student) -> None:
    "One that can't be ended."
    student.words.split_words("a b")
"""


def test_code_that_catches_whatever_stops_it_ends_the_run(clone: Path) -> None:
    """With the line where it is, what to do, and the board of the checks before it."""
    with (clone / "assignment" / "words.py").open("a", encoding="utf-8") as file:
        file.write(HANGS)
    for path in (clone / "tests").glob("test_*.py"):
        path.unlink()
    (clone / "tests" / "test_1_quick.py").write_text(QUICK, encoding="utf-8")
    command = [sys.executable, "-c", IMPATIENT]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "it went on" not in done.stderr
    assert "test_hangs: no answer within 0.3 s, and pytest ends here\n  at        words.py:" in done.stderr
    assert "in split_words: time.sleep(100)" in done.stderr
    assert "name what is meant, as in `except ValueError:`" in done.stderr
    assert "\n1.1  Words and vocabularies  1/2 points: 1 not run" in done.stderr
    assert "1.1/first" in (clone / "board.json").read_text(encoding="utf-8")


def test_times_may_differ_in_their_last_digits() -> None:
    """Of a pair, too: one part in a billion is no mistake, more is, and one of several answers is named."""
    expect_close((0.1 + 0.2, 4.0), (0.3, 4.0))
    with pytest.raises(Failure, match="both are those of one step"):
        expect_close((1.0, 3.0), (1.0, 2.0), "", {"both are those of one step": lambda: OneOf([(1.0, 3.0)])})
    for got in ((0.3, 4.00001), (0.3,)):
        with pytest.raises(Failure):
            expect_close(got, (0.3, 4.0))
