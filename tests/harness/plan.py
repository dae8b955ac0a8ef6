"""What the public checks hold, read off their files: a run may leave any of them out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.harness.tasks import CHOSEN, added

POINTS = re.compile(r"^@points\(([\d.]+), task=\"([\d.]+)\"\)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """The public checks of one task: how many there are, and their points."""

    checks: int = 0
    points: float = 0.0


def public(folder: Path) -> dict[str, Part]:
    """The public checks of each task, by the marks in the files of a folder; a task without any is not among them.

    A course may give the checks other points than their marks say.

    >>> public(Path(__file__).parents[1])["5.2"].points
    1.0
    """
    marks = [(id_.partition("/")[0], points) for id_, points in CHOSEN.checks.items()]
    for path in () if marks else sorted(folder.glob("test_*.py")):
        found = POINTS.findall(path.read_text(encoding="utf-8"))
        marks += [(task, float(points)) for points, task in found]
    held: dict[str, list[float]] = {}
    for task, points in marks:
        held.setdefault(task, []).append(points)
    return {task: Part(len(points), added(points)) for task, points in held.items()}
