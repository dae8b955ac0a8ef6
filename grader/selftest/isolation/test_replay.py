"""Checks that were passed before are spared, and nothing else changes: verdicts and messages stay the same."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import GraderFault
from grader.files import PROJECT
from grader.grading import Options, Settings, grade
from grader.isolation import SandboxPool
from grader.isolation.ladder import LADDER, problem
from grader.isolation.replay import MOST_BYTES, Step, Talk, Talks
from grader.model import Limits, Report, Verdict
from grader.proofs import specimen
from tests.harness.outcomes import StudentError

pytestmark = pytest.mark.skipif(problem("bwrap") is not None, reason="bubblewrap does not work here")

TASKS = ("1.1", "3.1", "3.4", "5.1")
"""Answers, exceptions, and what is called back."""

ADDS = """
class Adder:
    def __init__(self, first):
        self.sum = first
    def add(self, more):
        self.sum += more() if callable(more) else more
        return self.sum
def add(number, more):
    if number < 0:
        raise ValueError(f"{number} is below nothing")
    return number + more
def ends(number):
    import os, threading
    threading.Timer(0.05, os._exit, [3]).start()
    return number
"""


def told(report: Report) -> list[tuple[str, Verdict, str]]:
    """All of a report that may not change."""
    return [(check.id, check.verdict, check.message) for check in report.checks]


def graded(folder: Path, replay: Path | None, tasks: tuple[str, ...] = TASKS) -> Report:
    """Graded in a sandbox."""
    return grade(folder, Options(tasks, isolation="bwrap", replay=replay))


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the checks of some tasks, which the reference has passed."""
    folder = tmp_path_factory.mktemp("passed")
    whole = specimen.compose(specimen.load("reference"), tmp_path_factory.mktemp("reference") / "made")
    report = graded(whole, folder)
    assert report.score == report.max_score
    assert len(list(folder.glob("*/*.cbor"))) == len(report.checks)
    return folder


def talks_in(folder: Path) -> Talks:
    """Those by the usual settings."""
    return Talks(folder / Settings(Options(), "bwrap").key)


@pytest.mark.parametrize(
    "name",
    [
        "reference",
        "correct_classes",
        "correct_naive",
        "words_split_at_spaces",
        "views_have_new_strides",
        "timing_counts_warm_up",
        "timing_without_synchronize",
    ],
)
def test_nothing_changes(tmp_path: Path, passed: Path, name: str) -> None:
    """Right and wrong ones have the same verdicts and messages as without."""
    made = specimen.compose(specimen.load(name), tmp_path / "made")
    assert told(graded(made, passed)) == told(graded(made, None))


def test_what_was_passed_is_not_run(tmp_path: Path, passed: Path) -> None:
    """Only what is kept is asked: with all but the first step taken out of it, a wrong answer comes through."""
    made = specimen.compose(specimen.load("words_split_at_spaces"), tmp_path / "made")
    lost = {check.id for check in graded(made, passed, ("1.1",)).checks if not check.verdict.earns}
    assert lost
    known = tmp_path / "known"
    for check in lost:
        talk = talks_in(passed).of(check)
        assert talk
        (known / Settings(Options(), "bwrap").key).mkdir(parents=True, exist_ok=True)
        talks_in(known).keep(check, Talk(talk.steps[:1], talk.took_s))  # its module is imported
    report = graded(made, known, ("1.1",))
    assert report.score == report.max_score


@pytest.fixture
def adding(folder: Path) -> Iterator[SandboxPool]:
    """Sandboxes for a submission that adds."""
    (folder / "assignment").mkdir()
    (folder / "assignment" / "__init__.py").touch()
    (folder / "assignment" / "probe.py").write_text(ADDS, encoding="utf-8")
    pool = SandboxPool(LADDER["bwrap"], folder)
    yield pool
    pool.close()


def noted(pool: SandboxPool, talks: Talks) -> None:
    """A check that asks for sums, for one that is called back, and for an exception."""
    with pool.check(Limits()) as check:
        assert not pool.replayed(talks, "sums")
        adder = check.invoke("probe.Adder", None, [1], {}, True)
        assert check.invoke("probe.Adder.add", adder, [[2, 3].pop], {}, False) == 4
        assert check.invoke("probe.add", None, [1, 2], {}, False) == 3
        with pytest.raises(StudentError) as raised:
            check.invoke("probe.add", None, [-1, 2], {}, False)
        assert raised.value.is_due(["ValueError"], ["-1"])
        assert check.invoke("probe.ends", None, [5], {}, False) == 5
        pool.passed(talks, "sums")


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("x", "x", True),
        ("is below nothing", "should not be", True),
        ("raise ValueError", "raise UnicodeError", True),
        ("raise ValueError", "raise KeyError", False),
        ("{number} is below", "it is below", False),
        ("return number + more", "return float(number + more)", False),
        ("return number + more", "return [number + more]", False),
        ("return self.sum", "return more() if callable(more) else self.sum", False),
        ("self.sum = first", "self.sum = first + 1", False),
        ("def ends", "def begins", False),
        ("import os, threading", "while True: pass", False),
    ],
)
def test_the_same_answers_are_the_same_whatever_the_code(
    folder: Path, adding: SandboxPool, tmp_path: Path, old: str, new: str, same: bool
) -> None:
    """Words of an exception are free; types, numbers and calls are not. Then the process is a fresh one."""
    talks = Talks(tmp_path)
    noted(adding, talks)
    (folder / "assignment" / "probe.py").write_text(ADDS.replace(old, new), encoding="utf-8")
    with adding.check(Limits(wall_s=4)) as check:
        assert adding.replayed(talks, "sums") is same
        if not same:
            assert check.invoke("probe.Adder", None, [1], {}, True) == 0


def test_who_dies_after_the_last_answer_is_run(adding: SandboxPool, tmp_path: Path, folder: Path) -> None:
    """And then told of it, as in any other check."""
    talks = Talks(tmp_path)
    noted(adding, talks)
    dies = "    import os, threading\n    threading.Timer(0, os._exit, [3]).start()\n    return number\n"
    (folder / "assignment" / "probe.py").write_text(ADDS[: ADDS.index("    import os")] + dies, encoding="utf-8")
    with adding.check(Limits()) as check:
        talk = talks.of("sums")
        assert talk
        talks.keep("slow", Talk([*talk.steps, *talk.steps * 200], talk.took_s + 5))
        assert not adding.replayed(talks, "slow")
        assert check.invoke("probe.Adder", None, [1], {}, True) == 0


def test_what_depends_on_more_than_answers_is_not_kept(adding: SandboxPool, tmp_path: Path) -> None:
    """Time, memory, an exception that nobody looked at."""
    talks = Talks(tmp_path)
    for what in ("seconds", "used_mib", "raises"):
        with adding.check(Limits()) as check:
            assert not adding.replayed(talks, what)
            assert check.invoke("probe.add", None, [1, 2], {}, False) == 3
            if what == "raises":
                with pytest.raises(StudentError):
                    check.invoke("probe.add", None, [-1, 2], {}, False)
            else:
                getattr(check, what)()
            adding.passed(talks, what)
        assert talks.of(what) is None


def test_too_much_is_not_kept(tmp_path: Path) -> None:
    """Whatever a check asks or is answered."""
    talk = Talk()
    talk.add(Step(b"q", [(b"c", b"r")], b"a"))
    talk.add(Step(b"", [], b"a" * MOST_BYTES))
    Talks(tmp_path).keep("x", talk)
    assert not list(tmp_path.iterdir())


PEEKS = """
import socket, time
def channel():
    for number in range(3, 64):
        try:
            return socket.socket(fileno=number)
        except OSError:
            pass
def add(number, more):
    open_ = channel()
    try:
        time.sleep(0.05)
        return len(open_.recv(1 << 20, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return 0
    finally:
        open_.detach()
"""


def test_no_question_is_there_before_it_is_asked(adding: SandboxPool, tmp_path: Path, folder: Path) -> None:
    """In it often stands the answer to the one before."""
    (folder / "assignment" / "probe.py").write_text(PEEKS, encoding="utf-8")
    talks = Talks(tmp_path)
    with adding.check(Limits()) as check:
        adding.replayed(talks, "peeks")
        assert [check.invoke("probe.add", None, [n, 2], {}, False) for n in range(4)] == [0, 0, 0, 0]
        adding.passed(talks, "peeks")
    with adding.check(Limits()):
        assert adding.replayed(talks, "peeks")


SHUTS = """
import socket
def add(number, more):
    for fd in range(3, 64):
        try:
            channel = socket.socket(fileno=fd)
            channel.shutdown(socket.SHUT_RD)
            channel.detach()
        except OSError:
            pass
    return number + more
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("raise ValueError(f", "raise type('E', (NotImplementedError, ValueError), {})(f"),
        ('raise ValueError(f"{number} is below nothing")', "return 1j"),
        ("def add(number, more):", f"{SHUTS}\ndef old(number, more):"),
    ],
)
def test_what_is_no_answer_in_a_run_is_none_here(
    folder: Path, adding: SandboxPool, tmp_path: Path, old: str, new: str
) -> None:
    """A stub's exception, whatever else it is; no plain data; a channel that is shut."""
    talks = Talks(tmp_path)
    noted(adding, talks)
    (folder / "assignment" / "probe.py").write_text(ADDS.replace(old, new), encoding="utf-8")
    with adding.check(Limits(wall_s=4)):
        assert not adding.replayed(talks, "sums")


def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    """They could give points."""
    made = specimen.compose(specimen.load("reference"), tmp_path / "made")
    folder = tmp_path / "passed"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with pytest.raises(GraderFault, match=r"somebody else may write to '.*passed', and so could give points"):
        graded(made, folder, ("5.5",))


@pytest.mark.parametrize("content", [b"", b"\xff", b"\x80", b"\x82\x81\x01\x02", b"\x82\x80\x61x"])
def test_a_file_that_is_broken_is_none(tmp_path: Path, content: bytes) -> None:
    """Whoever wrote it: the check is run."""
    talks = Talks(tmp_path)
    talks.keep("x", Talk([Step(b"q", [], b"a")]))
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    assert talks.of("x") is None


def test_no_check_looks_at_another_clock() -> None:
    """Time is asked of the student's backend, which then knows; a yardstick of ours has its own."""
    for path in [*PROJECT.glob("tests/test_*.py"), *PROJECT.glob("grader/hidden/test_*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(each.arg == "student" for each in node.args.args):
                said = ast.unparse(node)
                assert not re.search(r"\b(perf_counter|monotonic|process_time|time\.time)\(", said), node.name


def test_a_folder_of_our_making_is_ours(tmp_path: Path) -> None:
    """Whatever the umask lets others do."""
    made = specimen.compose(specimen.load("reference"), tmp_path / "made")
    before = os.umask(0o002)
    try:
        report = graded(made, tmp_path / "new" / "passed", ("5.5",))
    finally:
        os.umask(before)
    assert report.score == report.max_score
