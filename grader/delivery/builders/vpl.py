"""The scripts of an activity of Moodle's Virtual Programming Lab. The server has the grader, so none is secret."""

from __future__ import annotations

from pathlib import Path

from grader.course import USUAL, Course
from grader.delivery.builders.sources import SCRIPTS
from grader.delivery.platforms.run import NOT_YOUR_FAULT
from grader.files import write_folder
from tests.harness.tasks import plain

NAMES = ("vpl_evaluate.sh", "vpl_run.sh")


def build_vpl(out: Path, *, course: Course = USUAL) -> list[str]:
    """Write the folder, all or nothing, and give its files.

    Raises:
        UsageError: `out` is not empty, or has no folder to be in.
    """
    said = {"POINTS": plain(course.total), "FAULT": NOT_YOUR_FAULT}
    files = {name: (SCRIPTS / "vpl" / name).read_text(encoding="utf-8") for name in NAMES}
    for word, meant in said.items():
        files = {name: text.replace(word, meant) for name, text in files.items()}
    write_folder(out, {name: text.encode() for name, text in files.items()}, executable=NAMES)
    return sorted(files)
