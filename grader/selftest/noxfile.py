"""The students' checks at both ends of what is promised: `pipx run nox -f grader/selftest/noxfile.py`.

Oldest and newest packages, each Python that is found here, a folder with a space and an umlaut, lines that end as
on Windows, no encoding left to the system, and on Linux no network.
"""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path

import nox

PROJECT = Path(__file__).resolve().parents[2]
NEEDED: list[str] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
OFFLINE = ["unshare", "--net", "--map-root-user"] if sys.platform == "linux" else []
STRICT = ["-X", "warn_default_encoding", "-W", "error::EncodingWarning"]

nox.options.error_on_missing_interpreters = False


@nox.session(python="3.11")
def oldest(session: nox.Session) -> None:
    """The least versions that pyproject.toml allows."""
    session.install(*(package.replace(">=", "==") for package in NEEDED))
    check(session)


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def newest(session: nox.Session) -> None:
    """The newest versions that there are."""
    session.install("--upgrade", *NEEDED)
    check(session)


def check(session: nox.Session) -> None:
    """Run the checks on stubs, where each is not written, and on the reference, where each is passed."""
    folder = Path(session.create_tmp(), "ein Ordner ü")
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("assignment", "tests", "fixtures"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    session.chdir(folder)
    pytest = [*OFFLINE, "python", *STRICT, "-m", "pytest", "-q"]
    session.run(*pytest, success_codes=[1], external=True)
    shutil.copytree(PROJECT / "grader" / "reference", folder / "assignment", dirs_exist_ok=True)
    for path in folder.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    session.run(*pytest, external=True)
