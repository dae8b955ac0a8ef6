"""The checks on real devices: on the CPU here, and on a GPU where there is one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import application
from grader.files import PROJECT
from grader.grading import Options, grade
from grader.hardware import known, machines, test_hardware, watching
from grader.model import Verdict
from grader.proofs import specimen

NO_GPU = machines.why_no_gpu()


def lane(root: Path, isolation: str = "none", tasks: tuple[str, ...] = ()) -> dict[str, tuple[Verdict, str]]:
    """Verdict and message of each check."""
    checks = grade(root, Options(tasks, isolation, checks=("grader/hardware",))).checks
    return {check.id: (check.verdict, check.message) for check in checks}


@pytest.mark.parametrize("isolation", ["auto", pytest.param("none", marks=pytest.mark.thorough)])
def test_the_reference_agrees_with_the_device(tmp_path: Path, isolation: str) -> None:
    """In a sandbox and without, within the bands."""
    found = lane(specimen.compose(specimen.load("reference"), tmp_path), isolation)
    assert {verdict for verdict, _ in found.values()} == {Verdict.PASSED}, found
    assert len(found) == (3 if NO_GPU else 6)


def test_clocks_that_disagree_are_the_machines_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks tell so after three attempts, and no submission loses by it."""
    said = iter(["2.00 ms by the device's own clock, 9.00 ms by the host's"] * 3)
    with pytest.raises(test_hardware.Unfit, match="3 times in a row: let nothing else use this machine"):
        test_hardware.patiently(lambda: next(said))
    once = iter(["too busy", ""])
    test_hardware.patiently(lambda: next(once))
    device = machines.Cpu(None)  # type: ignore[arg-type]
    assert test_hardware.agree([1.0, 1.1, 1.2], [1.0, 1.1, 1.2], device) == ""
    assert "host's" in test_hardware.agree([9.0], [1.0], device)


@pytest.mark.parametrize(
    ("name", "memory_gib", "power_w", "label", "bf16"),
    [
        ("NVIDIA H100 80GB HBM3", 79.6, 700.0, "H100 SXM", 989_500_000_000_000),
        ("NVIDIA H100 80GB HBM3", 79.6, 650.0, "H100 SXM", 989_500_000_000_000),
        ("NVIDIA H100 PCIe", 79.6, 350.0, "H100 PCIe", 756_500_000_000_000),
        ("NVIDIA H100 NVL", 93.6, 400.0, "H100 NVL", 835_500_000_000_000),
        ("NVIDIA H200", 140.4, 700.0, "H200 SXM", 989_500_000_000_000),
        ("NVIDIA H200 NVL", 140.4, 600.0, "H200 NVL", 835_500_000_000_000),
        ("NVIDIA A100-SXM4-40GB", 40.0, 400.0, "A100 SXM 40 GB", 312_000_000_000_000),
        ("NVIDIA B200", 179.1, 1000.0, "B200", 2_250_000_000_000_000),
        ("NVIDIA H100 80GB HBM3 MIG 1g.10gb", 9.8, 700.0, "", 0),
        ("NVIDIA GeForce RTX 4090", 24.0, 450.0, "", 0),
    ],
)
def test_memory_and_power_tell_cards_of_one_name_apart(
    name: str, memory_gib: float, power_w: float, label: str, bf16: int
) -> None:
    """A PCIe card has three quarters of the peak, and a part of a GPU isn't known."""
    found = known.which(name, memory_gib, power_w)
    assert (found.label if found else "") == label
    assert (found.bf16 if found else 0) == bf16


def test_clocks_are_those_of_the_time_of_working() -> None:
    """Readings of before don't count; each limit is named once."""
    lines = ["345, 0x0000000000000001, 77.83, 40", "1980, 0x0, 640.0, 50", "1410, 0x44, 699.0, 61", "", "x, y, z"]
    read = [made for at, line in enumerate(lines) if (made := watching.parsed(line, float(at)))]
    assert len(read) == 3
    limits = ["software power cap", "hardware thermal slowdown"]
    assert watching.Watch(read).clocks(0.5) == {"sm_mhz": [1410, 1980], "held_down_by": limits}
    assert watching.Watch(read).clocks(9.0) == {}


def test_a_machine_without_gpu_says_so_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And records the CPU; what is recorded names the machine, the versions and the day."""
    monkeypatch.setattr(machines, "why_no_gpu", lambda: "none was built in")
    monkeypatch.setattr("grader.hardware.record.why_no_gpu", lambda: "none was built in")
    done = CliRunner().invoke(application(), ["hardware", "--record", str(tmp_path / "cpu.json")])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0] == "checks on a GPU are skipped: none was built in"
    made = json.loads((tmp_path / "cpu.json").read_text(encoding="utf-8"))
    assert {"device", "driver", "torch", "date", "clocks", "rows"} <= made.keys()
    assert {row["op"] for row in made["rows"]} >= {
        "linear",
        "attention",
        "convolution",
        "transformer block",
        "gelu",
    }


@pytest.mark.parametrize("name", ["h100_sxm", "h200_sxm"])
def test_recordings_are_possible(name: str) -> None:
    """No pass took less time than its FLOPs or its bytes need at the data sheet's rates; two clocks agreed."""
    made = json.loads((PROJECT / "fixtures" / "timings" / f"{name}.json").read_text(encoding="utf-8"))
    gpu = known.which(made["device"], made["memory_gib"], made["power_limit_w"])
    assert gpu is not None
    assert gpu.label == made["known_as"]
    assert made["clocks"]["agree"]
    assert not made["left_out"]
    peaks = {"float32": 67 * 10**12, "tfloat32": gpu.bf16 / 2, "float8_e4m3fn": 2 * gpu.bf16}
    for row in made["rows"]:
        for each, flops in row["flops"].items():
            if row["sizes"].get("window") == 3 and row["dtype"] == "float32":
                flops *= 4 / 9  # Winograd's way needs 16 products where the plain one needs 36
            assert row[f"{each}_ms"] / 1e3 > flops / peaks.get(row["dtype"], gpu.bf16), row
        for each, moved in row["bytes"].items():
            if moved > 1e8:  # what is less may stay in the cache
                assert row[f"{each}_ms"] / 1e3 > moved / gpu.bytes_per_s, row
    assert {"transformer block", "linear", "attention", "convolution", "product"} <= {
        r["op"] for r in made["rows"]
    }
    assert any("software power cap" in row["held_down_by"] for row in made["sustained"])
