"""Everything that a machine with a GPU can show, in one run: `make gpu`, or `python -m grader.proofs.hardware`.

It needs python with torch, pytest, hypothesis, numpy and regex, and installs nothing. The checks run on the
reference, which must pass them, and on each planted timing mistake, which must not, each in a process of its own;
then timings are recorded. Without a GPU the same runs on the CPU.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

from grader.files import PROJECT, write_atomically
from grader.hardware import machines
from grader.hardware.record import json_lines, record
from grader.proofs import specimen

MFU = ("mfu_of_one_peak", "half_of_the_flops")
TIMED = ("5.1", "5.2")


def planted() -> dict[str, tuple[str, ...]]:
    """The reference, and every planted mistake that real devices can show, with the tasks that it is in.

    >>> planted()["reference"], planted()["timing_mean"], planted()["mfu_of_one_peak"]
    (('5.1', '5.2', '5.3'), ('5.1',), ('5.3',))
    """
    found: dict[str, tuple[str, ...]] = {"reference": (*TIMED, "5.3")}
    for name in specimen.names():
        loaded = specimen.load(name)
        tasks = tuple(sorted({check.partition("/")[0] for check in loaded.loses} & {*TIMED}))
        if loaded.kind != "correct" and "timing" in loaded.modules and tasks:
            found[name] = tasks
    return found | dict.fromkeys(MFU, ("5.3",))


def runs(name: str, tasks: tuple[str, ...], device: str) -> tuple[bool, str]:
    """Whether all checks of these tasks passed on a device, and what the first that did not says.

    A run that failed itself is neither; then the first is what is wrong for this name, the second its last lines.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        specimen.compose(specimen.load(name), root)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.harness.plugin", "-p", "no:cacheprovider"]
        command += ["-m", "gpu" if device == "cuda" else "cpu", "grader/hardware", "--submission", str(root)]
        command += [part for task in tasks for part in ("--task", task)]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, env=environment)
    verdicts = re.findall(r"\[([A-Z_]+), worth", done.stdout)
    if done.returncode not in (0, 1) or "GRADER_FAULT" in verdicts or (done.returncode == 1 and not verdicts):
        return name != "reference", "\n".join((done.stdout + done.stderr).splitlines()[-25:])
    said = [text for text in done.stdout.splitlines() if re.match(r"  (got|try) ", text)]
    return done.returncode == 0, "; ".join(" ".join(each.split()) for each in said[:2])


def main(arguments: list[str] | None = None) -> int:
    """0 if the reference passed, each mistake was caught, and the timings were recorded."""
    parser = argparse.ArgumentParser(prog="python -m grader.proofs.hardware", description=__doc__)
    parser.add_argument(
        "--out", type=Path, help="a folder for the recording: fixtures/timings, or reports where there is no GPU"
    )
    parser.add_argument("--seconds", type=float, default=240, help="the most that recording may take")
    parser.add_argument("--only", choices=("checks", "recording"), help="leave out the other")
    parser.add_argument("--jobs", type=int, default=1, help="mistakes checked at once, after the reference alone")
    given = parser.parse_args(arguments)
    name = "cpu" if (why := machines.why_no_gpu()) else "cuda"
    out = given.out or PROJECT / ("reports" if why else "fixtures/timings")
    if given.out is None:
        out.mkdir(exist_ok=True)
    if not out.is_dir():
        parser.error(f"there is no folder {out}: make it, or give another with --out")
    began = time.perf_counter()
    if why:
        print(f"no GPU here: {why}; all runs on the CPU", flush=True)
    good = given.only == "recording" or _checks(name, given.jobs)
    if given.only != "checks":
        made = record(given.seconds, lambda line: print(f"  {line}", flush=True))
        file = out / f"{slug(made['known_as'] or made['device'])}.json"
        write_atomically(file, json_lines(made))
        print(f"wrote {file}: {len(made['rows'])} rows, {made['left_out']} left out", flush=True)
        good = good and not made["left_out"]
    print(f"{time.perf_counter() - began:.0f} s in all", flush=True)
    return 0 if good else 1


def slug(device: str) -> str:
    """A device as a file's name.

    >>> slug("NVIDIA H100 80GB HBM3"), slug("H200 SXM")
    ('nvidia_h100_80gb_hbm3', 'h200_sxm')
    """
    return re.sub(r"[^a-z0-9]+", "_", device.lower()).strip("_")


def _checks(name: str, jobs: int) -> bool:
    """Whether the reference passes, and no mistake does."""
    mistakes = planted()
    reference = {"reference": mistakes.pop("reference")}
    good = True
    for some, at_once in ((reference, 1), (mistakes, jobs)):
        with ThreadPoolExecutor(at_once) as pool:
            for mistake, (passed, said) in zip(
                some, pool.map(runs, some, some.values(), repeat(name)), strict=True
            ):
                right = passed == (mistake == "reference")
                good = good and right
                print(f"{'' if right else 'WRONG: '}{mistake}: {said or 'passed'}", flush=True)
    return good


if __name__ == "__main__":
    sys.exit(main())
