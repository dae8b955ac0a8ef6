"""Lists the repositories that the workflow grade.yml grades: one that is given, or all of a file.

It stands alone, since it runs before anything is installed. A line of the file is OWNER/NAME and, if not main, a
branch, tag or commit; empty lines and what is behind # don't count.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
MOST = 256
"""Jobs that GitHub makes of one list."""


def listed(repository: str, ref: str, roster: str) -> list[dict[str, str]]:
    """Repository, ref and the name of its artifact, for each.

    Raises:
        ValueError: a line is no repository, or there are none, or too many, or the file can't be read.

    >>> listed("ann/lm-basics", "main", "")
    [{'repository': 'ann/lm-basics', 'ref': 'main', 'artifact': 'report-ann-lm-basics'}]
    """
    lines = [f"{repository} {ref}"]
    if roster:
        try:
            lines = Path(roster).read_text(encoding="utf-8-sig").splitlines()
        except OSError as error:
            raise ValueError(f"the roster {roster!r} can't be read: {error.strerror}") from None
    found: dict[tuple[str, str], dict[str, str]] = {}
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        odd = words[0].endswith(("/.", "/..")) or words[-1].startswith("-")
        if len(words) > 2 or odd or not NAME.fullmatch(words[0]):
            raise ValueError(f"line {number} is not OWNER/NAME, or OWNER/NAME and a ref: {line.strip()!r}")
        name, where = words[0], words[1] if len(words) == 2 else "main"
        artifact = f"report-{name.replace('/', '-')}"
        taken = {each["artifact"].casefold() for each in found.values()}
        artifact += f"-{number}" if artifact.casefold() in taken else ""
        found.setdefault((name.casefold(), where), {"repository": name, "ref": where, "artifact": artifact})
    if not 1 <= len(found) <= MOST:
        raise ValueError(f"{len(found)} repositories are listed; between 1 and {MOST} can be graded at once")
    return list(found.values())


def main() -> int:
    """Print the list as a step's output."""
    try:
        sys.stdout.write(f"students={json.dumps(listed(*sys.argv[1:4]))}\n")
    except ValueError as error:
        sys.stderr.write(f"::error::{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
