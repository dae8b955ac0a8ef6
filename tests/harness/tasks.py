"""The tasks: one identifier everywhere, in handout, stub, marker and report."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

LIGHT = ("regex", "numpy")
"""What every task may import besides the standard library."""

TENSORS = (*LIGHT, "torch")
"""What tasks about tensors may import; their checks hand tensors to the submission."""


def plain(number: float) -> str:
    """A number as people write it, with all its digits and no exponent.

    >>> plain(12345.67), plain(1_000_090.0), plain(0.1), plain(0)
    ('12345.67', '1000090', '0.1', '0')
    """
    return f"{number:.9f}".rstrip("0").rstrip(".")


def in_points(number: float) -> str:
    """So many points, in words.

    >>> in_points(1), in_points(0.5)
    ('1 point', '0.5 points')
    """
    return f"{plain(number)} point{'s' * (number != 1)}"


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the handout. `points` is the sum over its checks, public and hidden.

    `packages` is what the submission may import. All tasks of one module have the same. An optional one is part
    of no course that does not name it.
    """

    id: str
    title: str
    module: str
    points: float
    packages: tuple[str, ...] = LIGHT
    optional: bool = False

    def worth(self, points: float) -> Task:
        """The task as it is in a course that has chosen it for so many points."""
        return replace(self, points=points, optional=False)

    @property
    def name(self) -> str:
        """Its title, and whether it is optional."""
        return f"{self.title} (optional)" if self.optional else self.title

    @property
    def heading(self) -> str:
        """What stands above its chapter of the handout."""
        optional = ", optional" * self.optional
        return f"Task {self.id}: {self.title} ({in_points(self.points)}{optional})"


TASKS: dict[str, Task] = {
    task.id: task
    for task in (
        Task("1.1", "Words and vocabularies", "words", 6),
        Task("1.2", "Byte-level BPE", "bpe", 15),
        Task("1.3", "WordPiece", "wordpiece", 6),
        Task("1.4", "SentencePiece and Unigram", "unigram", 9),
        Task("1.5", "Tokenizers compared", "comparing", 4, optional=True),
        Task("2.1", "Bytes of numbers", "memory", 2),
        Task("2.2", "Memory of tensors", "tensors", 4, TENSORS),
        Task("2.3", "Float formats", "floats", 4),
        Task("2.4", "Memory of training", "memory", 4),
        Task("2.5", "Mixed precision", "floats", 3),
        Task("2.6", "Block-scaled formats", "blocks", 5, optional=True),
        Task("3.1", "Strides and positions", "views", 2),
        Task("3.2", "Sharing memory", "tensors", 2, TENSORS),
        Task("3.3", "Contiguity", "views", 2),
        Task("3.4", "View or copy", "views", 4),
        Task("3.5", "Chains of operations", "views", 2),
        Task("4.1", "FLOPs of a matrix product", "flops", 3),
        Task("4.2", "FLOPs of forward and backward", "flops", 4),
        Task("4.3", "Rules of thumb, and where they are off", "flops", 4),
        Task("4.4", "Parameters and FLOPs of a transformer", "transformer", 4),
        Task("4.5", "Peaks and budgets", "budgets", 4),
        Task("4.6", "Moving data, and the roofline", "transfers", 3),
        Task("4.7", "A model of today", "decoder", 6, optional=True),
        Task("4.8", "Serving", "serving", 5, optional=True),
        Task("4.9", "Training on many GPUs", "sharding", 6, optional=True),
        Task("5.1", "Timing asynchronous work", "timing", 4),
        Task("5.2", "Forward and backward apart", "timing", 2),
        Task("5.3", "Utilization", "utilization", 2),
        Task("5.4", "Gradient timings of real GPUs", "gradients", 3),
        Task("5.5", "Errata of the lecture notes", "errata", 2),
        Task("5.6", "Timing with events", "events", 4, optional=True),
        Task("5.7", "Latency, bandwidth or compute", "limits", 4, optional=True),
    )
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a course asks of the assignment: points of tasks and of checks, {id: points}, and functions.

    Without checks, one is worth what its mark says. Without functions, those of the contract are asked for.
    """

    tasks: dict[str, float]
    checks: dict[str, float] = field(default_factory=dict)
    functions: Collection[str] = ()


def added(points: Iterable[float]) -> float:
    """Their sum, without what floats add to it.

    >>> added([0.1, 0.2]), sum([0.1, 0.2])
    (0.3, 0.30000000000000004)
    """
    return round(math.fsum(points), 9)


CHOSEN = Chosen({task.id: task.points for task in TASKS.values() if not task.optional})
"""All but the optional tasks, or what a file beside this one says, which is in a course's repository."""

if (_file := Path(__file__).with_name("course.json")).is_file():
    CHOSEN = Chosen(**json.loads(_file.read_text(encoding="utf-8")))
    TASKS = {task: TASKS[task].worth(points) for task, points in CHOSEN.tasks.items()}

TOTAL = added(CHOSEN.tasks.values())
"""What the chosen tasks are worth together."""


def anchor(heading: str) -> str:
    """The anchor that GitHub gives to a heading, and `handout.html` too.

    >>> anchor(TASKS["1.2"].heading)
    'task-12-byte-level-bpe-15-points'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
