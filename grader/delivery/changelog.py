"""Prints what is new in a release: `python grader/delivery/changelog.py v0.2.0 CHANGELOG.md`.

It stands alone, so that a release can be made where nothing is installed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


def section(tag: str, changelog: str) -> str:
    r"""The newest section of a changelog, without its heading.

    >>> section("v0.2.0", "# Changelog\n\n## 0.2.0 (May)\n\n- grader: faster.\n\n## 0.1.0\n\n- grader: new.\n")
    '- grader: faster.\n'

    Raises:
        ValueError: the tag is not the version of that section.
    """
    newest = re.split(r"^## ", changelog, flags=re.MULTILINE)[1]
    heading, _, text = newest.partition("\n")
    version = heading.split()[0]
    if tag != f"v{version}":
        raise ValueError(f"the tag is {tag!r}, and the newest section of the changelog is for 'v{version}'")
    return f"{text.strip()}\n"


if __name__ == "__main__":
    tag, changelog = sys.argv[1:]
    try:
        sys.stdout.write(section(tag, Path(changelog).read_text(encoding="utf-8")))
    except ValueError as error:
        sys.exit(str(error))
