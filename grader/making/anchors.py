"""Where a link to a heading leads."""

from __future__ import annotations

import re


def anchor(heading: str) -> str:
    """The anchor that GitHub gives to a heading.

    >>> anchor("Task 1.2: Byte-level BPE (15 points)")
    'task-12-byte-level-bpe-15-points'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
