"""What is here, and what that means for grading."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from grader import __version__
from grader.isolation.bwrap import bwrap_path
from grader.isolation.choose import bwrap_problem

PACKAGES = ("pytest", "hypothesis", "regex", "numpy", "cbor2", "torch")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: what was looked at, what is there, what it means. `ok` is None where neither."""

    topic: str
    here: str
    means: str
    ok: bool | None


def examine() -> Iterator[Finding]:
    """Look at this machine; starts a sandbox once."""
    yield Finding("grader", __version__, f"Python {platform.python_version()} on {platform.platform()}", None)
    yield _isolation()
    cores = os.cpu_count() or 1
    yield Finding("processor", f"{cores} cores", "one submission uses up to two of them", None)
    yield _gpu()
    for package in PACKAGES:
        yield _package(package)


def _isolation() -> Finding:
    path = bwrap_path()
    if path is None:
        return Finding(
            "isolation", "no bubblewrap", "install Debian's package bubblewrap, or run `make install`", False
        )
    problem = bwrap_problem()
    if problem:
        return Finding("isolation", problem, "submissions can't be contained here: `grader grade` refuses", False)
    user = "a uid of its own" if os.geteuid() == 0 else "a user namespace"
    return Finding("isolation", path, f"bubblewrap works: submissions run with {user}, without network", True)


def _gpu() -> Finding:
    nvidia = shutil.which("nvidia-smi")
    if nvidia is None:
        return Finding("GPU", "none", "`grader hardware` leaves out its checks on a GPU", None)
    asked = [nvidia, "--query-gpu=name,driver_version", "--format=csv,noheader"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return Finding("GPU", said or "nvidia-smi finds none", "for `grader hardware`; no task needs one", None)


def _package(name: str) -> Finding:
    try:
        return Finding(name, version(name), "", True)
    except PackageNotFoundError:
        return Finding(name, "not installed", "run `make install`", False)
