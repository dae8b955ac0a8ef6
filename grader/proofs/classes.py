"""Makes a class: `python -m grader.proofs.classes FOLDER [--students N] [--layout NAME] [--seed N]`.

Its students hand in what students do: right in many styles, half done, with one of the planted mistakes, hostile,
broken, packed in a way that can't be graded, or nothing. The same seed gives the same class. A roster lies beside
it, and `truth.json`, which says what each student is: a specimen's name, "half", "broken", "bare" or "missing".
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course import USUAL
from grader.making import stubs
from grader.proofs import specimen

STYLES = ("reference", "correct_classes", "correct_naive", "correct_numpy", "correct_recursive", "correct_tuples")
HOSTILE = ("exits_at_import", "forged_results", "segfaults", "writes_outside", "pytest_patched_at_import")
SHARES = {
    "right": 30, "half": 25, "mistake": 20, "hostile": 5, "broken": 5, "bare": 3, "untouched": 7, "missing": 5,
}  # fmt: skip
FIRST = (
    "Ada Alan Barbara Claire Donald Edsger Frances Grace John Katherine Leslie Margaret Niklaus Radia Tim".split()
)
LAST = "Bell Chen Diaz Evans Fischer Garcia Haas Ito Jones Khan Lopez Meyer Novak Okafor Patel Quinn Rossi".split()


@dataclass(frozen=True, slots=True)
class Member:
    """A student of a class, and what he or she hands in."""

    number: int
    name: str
    what: str

    @property
    def id(self) -> str:
        """Such as `s007`."""
        return f"s{self.number:03}"

    @property
    def email(self) -> str:
        """Such as `s007@example.edu`."""
        return f"{self.id}@example.edu"


def members(students: int, seed: int = 0) -> list[Member]:
    """A class of so many.

    >>> members(3) == members(3), len(members(200)), members(3, seed=1) == members(3)
    (True, 200, False)
    """
    chance = random.Random(seed)
    mistakes = [name for name in specimen.names() if specimen.load(name).kind == "misconception"]
    kinds = chance.choices(list(SHARES), list(SHARES.values()), k=students)
    names = [f"{chance.choice(FIRST)} {chance.choice(LAST)}" for _ in kinds]
    draw = {"right": STYLES, "mistake": mistakes, "hostile": HOSTILE}
    found = [chance.choice(draw[kind]) if kind in draw else kind for kind in kinds]
    return [Member(n, name, what) for n, (name, what) in enumerate(zip(names, found, strict=True), 1)]


def compose(member: Member, folder: Path) -> None:
    """Write what a student hands in: a folder with `assignment/`, or without."""
    chance = random.Random(member.number)
    if member.what in ("half", "broken", "bare"):
        specimen.compose(specimen.load("untouched" if member.what == "half" else "reference"), folder)
    else:
        specimen.compose(specimen.load(member.what), folder)
    package = folder / "assignment"
    if member.what == "half":
        modules = sorted(stubs.build(tasks=USUAL.tasks))
        for name in chance.sample(modules, len(modules) // 2):
            shutil.copy(stubs.REFERENCE / name, package / name)
    elif member.what == "broken":
        with (package / "bpe.py").open("a", encoding="utf-8") as file:
            file.write("\ndef train_bpe(:\n")
    elif member.what == "bare":
        for path in package.glob("*.py"):
            path.rename(folder / path.name)
        shutil.rmtree(package)
    for path in folder.rglob("words.py"):  # so that no two are the same
        path.write_text(f"{path.read_text(encoding='utf-8')}# by {member.id}\n", encoding="utf-8")


def write(out: Path, class_: Sequence[Member], layout: str) -> Path:
    """Write a class into a new folder, and give what a platform would let an instructor download."""
    out.mkdir(parents=True)
    roster = [["id", "name", "email", "section", "canvas_id", "moodle_id"]]
    roster += [
        [m.id, m.name, m.email, f"{m.number % 3 + 1}", str(70_000 + m.number), str(9_000 + m.number)]
        for m in class_
    ]
    (out / "roster.csv").write_text("".join(f"{','.join(row)}\n" for row in roster), encoding="utf-8")
    (out / "truth.json").write_text(json.dumps({m.id: m.what for m in class_}, indent=1), encoding="utf-8")
    return LAYOUTS[layout](out, [member for member in class_ if member.what != "missing"])


def _zipped(member: Member, to: Path) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        compose(member, Path(folder) / "work")
        return Path(shutil.make_archive(str(to), "zip", Path(folder) / "work"))


def _canvas(out: Path, class_: Sequence[Member]) -> Path:
    inside = out / "canvas"
    inside.mkdir()
    for m in class_:
        first, last = m.name.casefold().split()
        late = "LATE_" * (m.number % 11 == 0)
        _zipped(m, inside / f"{last}{first}_{late}{70_000 + m.number}_{5_000_000 + m.number}_submission")
    return Path(shutil.make_archive(str(out / "submissions"), "zip", inside))


def _gradescope(out: Path, class_: Sequence[Member]) -> Path:
    export = out / "assignment_1_export"
    lines = []
    for m in class_:
        compose(m, export / f"submission_{m.number}")
        lines += [
            f"submission_{m.number}:",
            "  :submitters:",
            f"  - :name: {m.name}",
            f"    :sid: '{m.id}'",
            f"    :email: {m.email}",
            f"  :created_at: 2027-04-{m.number % 20 + 1:02} 10:{m.number % 60:02}:00.000000000 Z",
            "  :score: 0.0",
        ]
    (export / "submission_metadata.yml").write_text("---\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return export


def _moodle(out: Path, class_: Sequence[Member]) -> Path:
    tree = out / "moodle"
    for m in class_:
        place = tree / f"{m.name}_{9_000 + m.number}_assignsubmission_file"
        place.mkdir(parents=True)
        _zipped(m, place / "submission")
    return tree


def _clones(out: Path, class_: Sequence[Member]) -> Path:
    for m in class_:
        compose(m, out / "clones" / m.id)
    return out / "clones"


LAYOUTS: dict[str, Callable[[Path, Sequence[Member]], Path]] = {
    "canvas": _canvas,
    "gradescope": _gradescope,
    "moodle": _moodle,
    "clones": _clones,
}


def main() -> int:
    """Write a class, and say where."""
    parser = argparse.ArgumentParser(prog="python -m grader.proofs.classes", description=__doc__)
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--layout", choices=LAYOUTS, default="canvas")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    made = write(given.folder, members(given.students, given.seed), given.layout)
    sys.stdout.write(f"grader class add {made} --roster {given.folder / 'roster.csv'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
