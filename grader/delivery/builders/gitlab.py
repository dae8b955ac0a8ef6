"""What GitLab runs for a student's project: a .gitlab-ci.yml for a project of the staff's."""

from __future__ import annotations

from pathlib import Path

from grader.delivery.builders.sources import SCRIPTS
from grader.files import write_folder

GRADER_IMAGE = "lm-basics-grader"
"""What the README calls the image that holds the grader, and what stands in the template."""


def build_gitlab(out: Path, *, image: str = GRADER_IMAGE) -> list[str]:
    """Write the folder, all or nothing, and give its files.

    Raises:
        UsageError: `out` is not empty, or has no folder to be in.
    """
    template = (SCRIPTS / "gitlab" / "gitlab-ci.yml").read_text(encoding="utf-8")
    named = template.replace(f"name: {GRADER_IMAGE}\n", f'name: "{image}"\n')
    files = {".gitlab-ci.yml": named.encode()}
    write_folder(out, files)
    return sorted(files)
