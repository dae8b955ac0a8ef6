"""What CodeGrade's AutoTest takes as fixtures: one .zip."""

from __future__ import annotations

from pathlib import Path

from grader.course import USUAL, Course
from grader.delivery.builders.sources import SCRIPTS, sources
from grader.delivery.platforms.run import NOT_YOUR_FAULT
from grader.errors import UsageError
from tests.submit import write_zip

NAMES = ("run_autotest", "setup.sh")


def build_codegrade(out: Path, *, course: Course = USUAL) -> list[str]:
    """Write the .zip, all or nothing, and give its files.

    AutoTest unpacks it; its set-up is to run setup.sh, and a Custom Test block run_autotest.

    Raises:
        UsageError: `out` is no .zip or has no folder.
    """
    if out.suffix != ".zip" or not out.parent.is_dir():
        raise UsageError(f"--out {str(out)!r} must end in .zip, in a folder that exists")
    files = {name: (SCRIPTS / "codegrade" / name).read_bytes() for name in NAMES}
    files |= sources({}, f"{NOT_YOUR_FAULT}\n", course)
    write_zip(out, files, executable=NAMES)
    return sorted(files)
