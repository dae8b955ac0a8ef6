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


def lane(root: Path, isolation: str = "none") -> dict[str, tuple[Verdict, str]]:
    """Verdict and message of each check."""
    checks = grade(root, Options(isolation=isolation, checks=("grader/hardware",))).checks
    return {check.id: (check.verdict, check.message) for check in checks}


def submission(tmp_path: Path, timing: str = "") -> Path:
    """The reference, with more at the end of its timing module."""
    folder = tmp_path / "assignment"
    folder.mkdir()
    for path in (PROJECT / "grader" / "reference").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text + (timing if path.stem == "timing" else ""), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("isolation", ["auto", "none"])
def test_the_reference_agrees_with_the_device(tmp_path: Path, isolation: str) -> None:
    """In a sandbox and without, within the bands."""
    found = lane(submission(tmp_path), isolation)
    assert {verdict for verdict, _ in found.values()} == {Verdict.PASSED}, found
    assert len(found) == (3 if NO_GPU else 6)


@pytest.mark.parametrize(
    ("call", "kept"),
    [
        ("[fn() for _ in range(6)]; start = clock(); fn(); return clock() - start", "synchronize"),
        ("[fn() for _ in range(6)]; synchronize(); s = clock(); fn(); return clock() - s", "synchronize"),
        ("s = clock(); [fn() for _ in range(7)]; synchronize(); return clock() - s", "synchronize"),
        ("synchronize(); s = clock(); fn(); synchronize(); return clock() - s", "7 runs"),
    ],
    ids=["never", "not after", "all as one", "once"],
)
def test_bad_synchronization_is_caught(tmp_path: Path, call: str, kept: str) -> None:
    """A time that is only that of starting work is far from the device's own; the message says what to do."""
    text = f"\n\ndef benchmark(fn, synchronize, clock, warmup, repeats):\n    {call}\n"
    verdict, message = lane(submission(tmp_path, text))["5.1/benchmark_agrees_with_the_device[cpu]"]
    assert verdict is Verdict.FAILED
    assert kept in message


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
