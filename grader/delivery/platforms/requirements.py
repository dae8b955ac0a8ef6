"""Prints what grading needs, as pyproject.toml says it: `python requirements.py pyproject.toml`.

It stands alone, so that an image can install all that before anything of the project is in it.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path


def requirements(pyproject: str) -> list[str]:
    """The project's dependencies with those of its extra `grader`.

    >>> requirements('''[project]
    ... dependencies = ["regex"]
    ... optional-dependencies = {grader = ["torch>=2", "regex"]}''')
    ['regex', 'torch>=2']
    """
    project = tomllib.loads(pyproject)["project"]
    return sorted({*project["dependencies"], *project["optional-dependencies"]["grader"]})


if __name__ == "__main__":
    sys.stdout.write("".join(f"{line}\n" for line in requirements(Path(sys.argv[1]).read_text(encoding="utf-8"))))
