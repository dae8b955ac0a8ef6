"""The checks on real devices: on the CPU here, and on a GPU where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.files import PROJECT
from grader.grading import Options, grade
from grader.hardware import machines
from grader.model import Verdict

NO_GPU = machines.why_no_gpu()


def lane(root: Path, isolation: str = "none", tasks: tuple[str, ...] = ()) -> dict[str, tuple[Verdict, str]]:
    """Verdict and message of each check."""
    checks = grade(root, Options(tasks, isolation, checks=("grader/hardware",))).checks
    return {check.id: (check.verdict, check.message) for check in checks}


def submission(tmp_path: Path, timing: str = "", module: str = "timing") -> Path:
    """The reference, with more at the end of its timing module, or another one."""
    folder = tmp_path / "assignment"
    folder.mkdir()
    for path in (PROJECT / "grader" / "reference").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text + (timing if path.stem == module else ""), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("isolation", ["auto", pytest.param("none", marks=pytest.mark.thorough)])
def test_the_reference_agrees_with_the_device(tmp_path: Path, isolation: str) -> None:
    """In a sandbox and without, within the bands."""
    found = lane(submission(tmp_path), isolation)
    assert {verdict for verdict, _ in found.values()} == {Verdict.PASSED}, found
    assert len(found) == (3 if NO_GPU else 6)


@pytest.mark.parametrize(
    ("call", "kept"),
    [
        (
            "[fn() for _ in range(warmup + repeats - 1)]; start = clock(); fn(); return clock() - start",
            "synchronize",
        ),
        (
            "[fn() for _ in range(warmup + repeats - 1)]; synchronize(); s = clock(); fn(); return clock() - s",
            "synchronize",
        ),
        ("s = clock(); [fn() for _ in range(warmup + repeats)]; synchronize(); return clock() - s", "synchronize"),
        ("synchronize(); s = clock(); fn(); synchronize(); return clock() - s", "5 runs"),
    ],
    ids=["never", "not after", "all as one", "once"],
)
def test_bad_synchronization_is_caught(tmp_path: Path, call: str, kept: str) -> None:
    """A time that is only that of starting work is far from the device's own; the message says what to do."""
    text = f"\n\ndef benchmark(fn, synchronize, clock, warmup, repeats):\n    {call}\n"
    verdict, message = lane(submission(tmp_path, text), tasks=("5.1",))[
        "5.1/benchmark_agrees_with_the_device[cpu]"
    ]
    assert verdict is Verdict.FAILED
    assert kept in message


LOOP = """
def benchmark(fn, synchronize, clock, warmup, repeats):
    for _ in range(warmup):
        fn()
    taken, readings = [], []
    for run in range(repeats):
        {before}
        fn()
        synchronize()
        readings.append(clock())
        taken.append(readings[-1] - {start})
    return {answer}
"""
NOW, SHARED = (
    "synchronize(); start = clock()",
    "readings = readings or [synchronize() or clock()]; start = readings[-1]",
)


@pytest.mark.thorough  # half a minute alone, and other programs' work would hide what a median hides
@pytest.mark.parametrize(
    ("before", "answer", "kept"),
    [
        ("start = clock()", "median(taken)", "warm-up's work was still running"),
        (NOW, "sum(taken) / repeats", "as they move a mean"),
        (NOW, "min(taken)", "as they move a mean"),
        (SHARED, "median(taken)", "readings of its own"),
    ],
    ids=["no first synchronize", "mean", "fastest", "shared readings"],
)
def test_what_a_median_hides_is_caught(tmp_path: Path, before: str, answer: str, kept: str) -> None:
    """One repeat behind a warm-up, runs of different lengths and a count of readings show it."""
    text = LOOP.format(before=before, start="start", answer=answer)
    found = lane(submission(tmp_path, f"\n{text}"), tasks=("5.1",))
    verdict, message = found["5.1/benchmark_agrees_with_the_device[cpu]"]
    assert verdict is Verdict.FAILED
    assert kept in message


def test_half_an_mfu_is_caught(tmp_path: Path) -> None:
    """A multiply-add that counts as one, or the sparse peak, gives a share that is possible, and wrong."""
    text = "\n\n_whole = mfu\n\n\ndef mfu(*args):\n    return _whole(*args) / 2\n"
    found = lane(submission(tmp_path, text, "utilization"), tasks=("5.3",))
    verdict, message = found["5.3/utilization_is_possible[cpu]"]
    assert verdict is Verdict.FAILED
    assert "half of the FLOPs" in message


def test_a_machine_without_gpu_says_so_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And records the CPU; what is recorded names the machine, the versions and the day."""
    monkeypatch.setattr(machines, "why_no_gpu", lambda: "none was built in")
    monkeypatch.setattr("grader.hardware.record.why_no_gpu", lambda: "none was built in")
    done = CliRunner().invoke(app, ["hardware", "--record", str(tmp_path / "cpu.json")])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0] == "checks on a GPU are skipped: none was built in"
    text = (tmp_path / "cpu.json").read_text(encoding="utf-8")
    assert all(f'"{field}"' in text for field in ("device", "driver", "torch", "clocks_mhz", "date", "forward_ms"))


@pytest.mark.skipif(NO_GPU is not None, reason=f"needs a GPU: {NO_GPU}")
def test_a_gpu_waits_for_nobody(tmp_path: Path) -> None:
    """What the CPU catches, the GPU catches."""
    call = "[fn() for _ in range(6)]; s = clock(); fn(); return clock() - s"
    text = f"\n\ndef benchmark(fn, synchronize, clock, warmup, repeats):\n    {call}\n"
    assert lane(submission(tmp_path, text))["5.1/benchmark_agrees_with_the_device[cuda]"][0] is Verdict.FAILED
