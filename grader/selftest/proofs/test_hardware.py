"""The run on a machine with a GPU: on the CPU here, and on a GPU where there is one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.hardware import machines
from grader.proofs.hardware import main, planted, runs

NO_GPU = machines.why_no_gpu()
SAYS = {
    "timing_without_synchronize": "synchronize right before",
    "timing_without_initial_synchronize": "warm-up's work was still running",
    "timing_mean": "as they move a mean",
    "one_reading_between_runs": "readings of its own",
    "times_of_the_middle_step": "both times are those of one step",
    "half_of_the_flops": "half of the FLOPs",
}
"""Mistakes of each kind, and what the lane tells each."""

IN_CI = ("timing_without_initial_synchronize", "times_of_the_middle_step", "training_steps_of_0_s_dropped")


@pytest.mark.parametrize(
    "mistake",
    [
        name if name in IN_CI else pytest.param(name, marks=pytest.mark.thorough)
        for name in planted()
        if name != "reference"
    ],
)
def test_each_planted_mistake_is_caught(mistake: str) -> None:
    """By the calls that were made and the readings that were given: a busy machine changes neither."""
    passed, said = runs(mistake, planted()[mistake], "cpu")
    assert not passed, said
    assert SAYS.get(mistake, "got") in said


def test_every_planted_mistake_of_timing_is_tried() -> None:
    """All that tasks 5.1 and 5.2 know, and two of utilization."""
    assert len(planted()) >= 26
    assert {"clocks_patched", "ends_after_a_second", "mfu_of_one_peak"} <= planted().keys()


def test_one_run_records_what_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file named after the device; where time ends before the rows do, it says so and fails."""
    assert main(["--only", "recording", "--out", str(tmp_path)]) == 0
    (file,) = tmp_path.glob("*.json")
    row = json.loads(file.read_text(encoding="utf-8"))["rows"][0]
    assert row["flops"]["forward"] == 2 * row["sizes"]["batch"] * row["sizes"]["d_in"] * row["sizes"]["d_out"]
    assert row["grad_x_ms"] > 0
    assert main(["--only", "recording", "--out", str(tmp_path), "--seconds", "0"]) == 1
    assert "0 rows, 5 left out" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path / "missing")])
    assert "missing: make it, or give another with --out" in capsys.readouterr().err
    passing = {"reference": True, "timing_mean": False}
    monkeypatch.setattr("grader.proofs.hardware.runs", lambda name, *_: (passing.get(name, False), ""))
    assert main(["--only", "checks", "--jobs", "2"]) == 0
    passing["timing_mean"] = True
    assert main(["--only", "checks"]) == 1
    assert "WRONG: timing_mean: passed" in capsys.readouterr().out


@pytest.mark.skipif(NO_GPU is not None, reason=f"needs a GPU: {NO_GPU}")
@pytest.mark.parametrize("mistake", planted())
def test_a_gpu_waits_for_nobody(mistake: str) -> None:
    """What the CPU catches, the GPU catches."""
    passed, said = runs(mistake, planted()[mistake], "cuda")
    assert passed == (mistake == "reference"), said
