"""Builds what is uploaded to a platform."""

from __future__ import annotations

import json
import os
import tomllib
import zipfile
from pathlib import Path

from grader.errors import UsageError

PROJECT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(__file__).with_name("platforms") / "gradescope"
VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
LEFT_OUT = {"__pycache__", "selftest", "specimens", "bench", "student"}
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same project gives the same archive."""


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
    temporary = out.with_name(f".{out.name}.part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, content in sorted(files.items()):
                entry = zipfile.ZipInfo(file, MOMENT)
                entry.external_attr = (0o100755 if file in ("setup.sh", "run_autograder") else 0o100644) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
        os.replace(temporary, out)  # noqa: PTH105  -- the idiom's own name
    finally:
        temporary.unlink(missing_ok=True)
    return sorted(files)


def requirements() -> list[str]:
    """What grading needs, as pyproject.toml says it.

    >>> any(line.startswith("torch") for line in requirements())
    True
    """
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return sorted({*project["dependencies"], *project["optional-dependencies"]["grader"]})
