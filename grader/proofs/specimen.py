"""Loads planted submissions and composes them: the reference or the stubs, with lines appended or files replaced.

A specimen is a folder of grader/specimens with `specimen.toml` (what it is, and what it must get) and files. With
the base "reference" or "stubs", their text is appended to the file of that name in `assignment/`; with "replaced",
they stand in the place of the reference's, which are solutions of their own.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.files import PROJECT
from grader.making import stubs
from grader.model import Verdict

FOLDER = PROJECT / "grader" / "specimens"
BASES = ("reference", "stubs", "replaced")


@dataclass(frozen=True, slots=True)
class Specimen:
    """A planted submission.

    `loses` are exactly the checks that it must not pass (or tasks, for all of theirs, or `*` for all there are),
    `verdicts` those that it may get there, and `message` words that a message of one of these checks must contain.
    `base` is what its files go on top of: "reference" or "stubs", or "replaced".
    """

    name: str
    kind: str
    sentence: str
    base: str
    loses: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    message: str

    @property
    def modules(self) -> set[str]:
        """The modules that its files change."""
        return {path.stem for path in (FOLDER / self.name).glob("*.py")}


def must_lose(specimen: Specimen, checks: Iterable[str]) -> set[str]:
    """Those of the checks that the specimen must not pass."""
    everything = specimen.loses == ("*",)
    return {c for c in checks if everything or c in specimen.loses or c.split("/")[0] in specimen.loses}


def names() -> list[str]:
    """All specimens, sorted."""
    return sorted(path.parent.name for path in FOLDER.glob("*/specimen.toml"))


def load(name: str) -> Specimen:
    """One specimen by name.

    Raises:
        UsageError: there is none of that name; the message lists those that there are.
    """
    if not re.fullmatch(r"\w+", name) or not (FOLDER / name / "specimen.toml").is_file():
        raise UsageError(f"no specimen {name!r}; there are {', '.join(names())}")
    data = tomllib.loads((FOLDER / name / "specimen.toml").read_text(encoding="utf-8"))
    if data.get("base", "reference") not in BASES:
        raise UsageError(f"specimen {name!r} has the base {data['base']!r}; there are {', '.join(BASES)}")
    return Specimen(
        name=name,
        kind=data["kind"],
        sentence=data["sentence"],
        base=data.get("base", "reference"),
        loses=tuple(data["loses"]),
        verdicts=tuple(map(Verdict, data.get("verdicts", ["FAILED"]))),
        message=data.get("message", ""),
    )


def compose(specimen: Specimen, out: Path) -> Path:
    """Write the specimen's `assignment/` into the folder `out`, and return `out`."""
    target = out / "assignment"
    if specimen.base != "stubs":
        shutil.copytree(stubs.REFERENCE, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.mkdir(parents=True)
        for name, text in stubs.build().items():
            (target / name).write_text(text, encoding="utf-8", newline="\n")
    for extra in sorted((FOLDER / specimen.name).glob("*.py")):
        mode = "w" if specimen.base == "replaced" else "a"
        with (target / extra.name).open(mode, encoding="utf-8", newline="\n") as file:
            file.write("\n\n" * (mode == "a") + extra.read_text(encoding="utf-8"))
    return out


def archive(specimen: Specimen, file: Path) -> Path:
    """Write the specimen as a .zip, as a student would upload it."""
    folder = file.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    compose(specimen, folder)
    made = shutil.make_archive(str(folder), "zip", folder)
    shutil.rmtree(folder)
    return Path(made)
