"""Makes pictures of what the student's functions answer, each in a process of its own, so that none breaks a page.

`python -m tests.pages.pictures NAME FILE` makes one. Into the file goes a JSON object with `svg`, or with `words`:
a sentence that stands in its place.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.harness.direct import DirectBackend
from tests.harness.outcomes import Altered, Limits, NotPlain, Stopped, StudentError, Verdict
from tests.harness.student import Call, Student
from tests.pages import drawings
from tests.pages.run import child, ended

CALL_S = 5.0
"""A call has so much time."""

PICTURE_S = 30.0
"""And a picture, beside the others, so much."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Of which task it is, what it is called, what is seen in it, and what draws it."""

    task: str
    title: str
    caption: str
    draw: Callable[[Student], str]


@dataclass(frozen=True, slots=True)
class Made:
    """A picture, or words that say why there is none."""

    picture: Picture
    svg: str = ""
    words: str = ""


def make(root: Path, tasks: Collection[str], wall_s: float = PICTURE_S) -> list[Made]:
    """All pictures of these tasks, from the functions of the clone at `root`."""
    wanted = {name: each for name, each in PICTURES.items() if each.task in tasks}
    with tempfile.TemporaryDirectory(prefix="page-") as folder, ExitStack() as stack:
        files = {name: Path(folder, name) for name in wanted}
        command = [sys.executable, "-m", "tests.pages.pictures"]
        started = {
            name: stack.enter_context(child([*command, name, str(file)], root)) for name, file in files.items()
        }
        deadline = time.monotonic() + wall_s
        while time.monotonic() < deadline and any(process.poll() is None for process in started.values()):
            time.sleep(0.05)
        made = []
        for name, picture in wanted.items():
            status = started[name].poll()
            said = _read(files[name], "it took too long" if status is None else ended(status))
            made.append(Made(picture, **said))
        return made


def _read(file: Path, why: str) -> dict[str, str]:
    try:
        return dict(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError):
        return {"words": f"There is no picture: {why}."}


def one(name: str, root: Path) -> dict[str, str]:
    """Make a picture in this process."""
    picture, calls = PICTURES[name], Call()
    with tempfile.TemporaryDirectory(prefix="page-") as folder:
        student = Student(DirectBackend(root, Path(folder), Limits(wall_s=CALL_S)), calls)
        try:
            return {"svg": picture.draw(student)}
        except drawings.NotRight as error:
            return {"words": f"Not right yet: {error}"}
        except Stopped as stopped:
            if stopped.verdict is Verdict.NOT_WRITTEN:
                return {"words": f"Not written yet: Task {picture.task}, {calls.text.partition('(')[0]}."}
            return {"words": f"Not right yet: {calls.text}: {stopped.message}."}
        except (StudentError, NotPlain, Altered) as error:
            return {"words": f"Not right yet: {calls.text}: {error}."}


PICTURES = {
    "merges": Picture(
        "1.2",
        "Merges as they are learned",
        "The corpus that is worked by hand in the handout. In each row, one more merge of your `train_bpe` is "
        "applied; the new piece stands out.",
        drawings.merges,
    ),
    "compression": Picture(
        "1.5",
        "Bytes per token, by the size of the vocabulary",
        "Your `token_counts` of three texts, with the merges of `fixtures/bpe/multilingual.json`. These were "
        "learned from texts in many scripts, Thai and Greek among them, and nothing in English.",
        drawings.compression,
    ),
    "floats": Picture(
        "2.3",
        "The numbers of a small float format",
        "All numbers from 0 on that 3 exponent bits and 2 mantissa bits can hold, by your `float_format` and "
        "`round_to_format`. The negative ones mirror them.",
        drawings.floats,
    ),
    "strides": Picture(
        "3.1",
        "One storage, in the order of its views",
        "From top to bottom, the elements of a tensor in order; from left to right, the 12 cells of its storage. "
        "Your `storage_position` says which cell an element is.",
        drawings.strides,
    ),
    "roofline": Picture(
        "4.6",
        "The roofline of an H100",
        "What your `attainable_flops` and `bound_by` say of more and more FLOPs per byte, with the two products "
        "that are worked by hand in the handout.",
        drawings.roofline,
    ),
}


if __name__ == "__main__":
    made = one(sys.argv[1], Path.cwd())
    Path(sys.argv[2]).write_text(json.dumps(made), encoding="utf-8")
    os._exit(0)  # threads of a submission's may keep a process from ending
