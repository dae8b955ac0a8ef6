"""Draws: small functions that give SVG. Sizes are in pixels; colours are classes, which the page's style fills."""

from __future__ import annotations

import html
from collections.abc import Iterable

Point = tuple[float, float]


def picture(width: float, height: float, words: str, parts: Iterable[str]) -> str:
    """A whole drawing; `words` say what is seen, for those who can't see it."""
    label = html.escape(words)
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    return f'<svg role="img" aria-label="{label}" {size}>{"".join(parts)}</svg>'


def text(words: object, x: float, y: float, kind: str = "") -> str:
    """Words that begin at x, with their base line at y.

    >>> text("a < b", 1, 2, "middle")
    '<text x="1" y="2" class="middle">a &lt; b</text>'
    """
    return f'<text x="{_n(x)}" y="{_n(y)}"{_class(kind)}>{html.escape(str(words))}</text>'


def box(x: float, y: float, width: float, height: float, kind: str, rounded: float = 0) -> str:
    """A rectangle from its upper left corner."""
    corners = f' rx="{_n(rounded)}"' if rounded else ""
    size = f'width="{_n(width)}" height="{_n(height)}"'
    return f'<rect x="{_n(x)}" y="{_n(y)}" {size}{corners}{_class(kind)}></rect>'


def line(points: Iterable[Point], kind: str) -> str:
    """A line through points."""
    return f'<polyline points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in points)}"{_class(kind)}></polyline>'


def dot(place: Point, kind: str) -> str:
    """A point."""
    return f'<circle cx="{_n(place[0])}" cy="{_n(place[1])}" r="5"{_class(kind)}></circle>'


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _n(value: float) -> str:
    return f"{round(value, 1):g}"
