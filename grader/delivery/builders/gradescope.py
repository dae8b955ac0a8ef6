"""Gradescope's autograder.zip."""

from __future__ import annotations

from pathlib import Path

from grader.course import USUAL, Course
from grader.delivery.builders.sources import SCRIPTS, sources
from grader.delivery.platforms.gradescope_run import failed
from grader.delivery.platforms.run import NOT_STARTED
from grader.errors import UsageError
from tests.submit import write_zip

VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")


def build_gradescope(out: Path, *, visibility: str = "visible", course: Course = USUAL) -> list[str]:
    """Write Gradescope's autograder.zip, all or nothing, and give its files.

    Gradescope unpacks it into /autograder/source, and runs setup.sh and run_autograder from its top.

    Raises:
        UsageError: `out` is no .zip or has no folder, or there is no such visibility.
    """
    if out.suffix != ".zip" or not out.parent.is_dir():
        raise UsageError(f"--out {str(out)!r} must end in .zip, in a folder that exists")
    if visibility not in VISIBILITIES:
        raise UsageError(f"no visibility {visibility!r}; there are {', '.join(VISIBILITIES)}")
    scripts = ("setup.sh", "run_autograder")
    files = {name: (SCRIPTS / "gradescope" / name).read_bytes() for name in scripts}
    files |= sources({"visibility": visibility}, failed({}, NOT_STARTED), course)
    write_zip(out, files, executable=scripts)
    return sorted(files)
