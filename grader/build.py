"""Builds what is uploaded to a platform."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from grader.errors import UsageError
from grader.grade import PROJECT
from tests.submit import write_zip

SCRIPTS = Path(__file__).with_name("platforms") / "gradescope"
VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
LEFT_OUT = {"__pycache__", "selftest", "specimens", "bench", "student"}


def build_gradescope(out: Path, *, visibility: str = "visible") -> list[str]:
    """Write Gradescope's autograder.zip, all or nothing, and give its files.

    Gradescope unpacks it into /autograder/source, and runs setup.sh and run_autograder from its top.

    Raises:
        UsageError: `out` is no .zip or has no folder, or there is no such visibility.
    """
    if out.suffix != ".zip" or not out.parent.is_dir():
        raise UsageError(f"--out {str(out)!r} must end in .zip, in a folder that exists")
    if visibility not in VISIBILITIES:
        raise UsageError(f"no visibility {visibility!r}; there are {', '.join(VISIBILITIES)}")
    files = {path.name: path.read_bytes() for path in (SCRIPTS / "setup.sh", SCRIPTS / "run_autograder")}
    for folder in ("grader", "tests", "fixtures"):
        for path in sorted((PROJECT / folder).rglob("*")):
            name = path.relative_to(PROJECT)
            if path.is_file() and not LEFT_OUT.intersection(name.parts):
                files[name.as_posix()] = path.read_bytes()
    for each in ("pyproject.toml", "constraints.txt", "sandbox-requirements.txt"):
        files[each] = (PROJECT / each).read_bytes()
    files["requirements.txt"] = "".join(f"{line}\n" for line in requirements()).encode()
    files["gradescope.json"] = json.dumps({"visibility": visibility, "isolation": "auto"}).encode()
    write_zip(out, files, executable=("setup.sh", "run_autograder"))
    return sorted(files)


def requirements() -> list[str]:
    """What grading needs, as pyproject.toml says it.

    >>> any(line.startswith("torch") for line in requirements())
    True
    """
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return sorted({*project["dependencies"], *project["optional-dependencies"]["grader"]})
