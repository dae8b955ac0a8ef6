"""Text from a submission, made safe to show, and points as people write them."""

from __future__ import annotations

from tests.harness.tasks import plain
from tests.harness.text import one_line, quoted, visible

__all__ = ["one_line", "points", "quoted", "visible", "worth"]


def points(value: float) -> str:
    """Points as people write them.

    >>> points(17.0), points(2.5)
    ('17', '2.5')
    """
    return plain(value)


def worth(value: float) -> str:
    """Points with their noun.

    >>> worth(1), worth(2)
    ('1 point', '2 points')
    """
    return f"{points(value)} point{'' if value == 1 else 's'}"


def cell(text: str) -> str:
    """A text for a spreadsheet, which would run some as a formula.

    >>> cell("=1+1"), cell("Ann")
    ("'=1+1", 'Ann')
    """
    seen = visible(text)
    return f"'{seen}" if seen.startswith(tuple("=+-@＝＋－＠")) else seen
