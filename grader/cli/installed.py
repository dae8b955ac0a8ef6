"""Lets the project be found where a wheel has put it: in one folder, `lm_basics_assignment/project`.

A wheel holds this file as `lm_basics_assignment/__init__.py`. The folder goes to the front of the path, since
other packages that are installed may have a `tests` or `grader`, too. A checkout that is installed with
`--editable` is on the path already.
"""

import sys
from pathlib import Path

_PROJECT = Path(__file__).with_name("project")
if (_PROJECT / "grader").is_dir():
    sys.path.insert(0, str(_PROJECT))


def main() -> None:
    """The command `grader`."""
    from grader.errors import end_at_ctrl_c  # found only now

    end_at_ctrl_c()
    from grader.cli import main as command

    command()
