"""What the public checks hold, read off their files: a run may leave any of them out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

POINTS = re.compile(r"^@points\(([\d.]+), task=\"([\d.]+)\"\)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """The public checks of one task: how many there are, and their points."""

    checks: int = 0
    points: float = 0.0


def public(folder: Path) -> dict[str, Part]:
    """The public checks of each task, by the marks in the files of a folder; a task without any is not among them.

    >>> public(Path(__file__).parents[1])["5.2"].points
    1.0
    """
    parts: dict[str, Part] = {}
    for path in sorted(folder.glob("test_*.py")):
        for points, task in POINTS.findall(path.read_text(encoding="utf-8")):
            part = parts.get(task, Part())
            parts[task] = Part(part.checks + 1, part.points + float(points))
    return parts
