"""Plots as SVG that is a part of a page: its words stay words, and it takes the page's colours, light or dark.

They are drawn by Vega, out of the package vl-convert-python, which needs no network and no browser. Without it
there are none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 270, 130
"""Of the part inside the axes, in pixels; a page may show it larger."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many there are of something."""

    what: str
    many: int


def bars(heights: Sequence[Bar], across: str, up: str) -> str:
    """A plot of bars as an element of HTML, or "" when nothing can draw it; `across` and `up` name the axes."""
    try:
        import vl_convert
    except ImportError:
        return ""
    axis = {f"{part}Color": "currentColor" for part in ("label", "title", "tick", "domain")}
    told = {
        "field": "what",
        "type": "ordinal",
        "title": across,
        "sort": None,
        "axis": {"labelAngle": -40, "labelOverlap": True},
    }
    many = {"field": "many", "type": "quantitative", "title": up, "axis": {"tickMinStep": 1, "format": "d"}}
    drawn: str = vl_convert.vegalite_to_svg(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "width": WIDTH,
            "height": HEIGHT,
            "data": {"values": [{"what": bar.what, "many": bar.many} for bar in heights]},
            "mark": {"type": "bar", "color": "var(--mark)"},
            "encoding": {"x": told, "y": many},
            "config": {"background": None, "view": {"stroke": None}, "axis": axis | {"gridColor": "var(--line)"}},
        }
    )
    words = html.escape(f"{up} by {across}: " + ", ".join(f"{bar.what}: {bar.many}" for bar in heights))
    bare = re.sub(r' (xmlns(:\w+)?|aria-[\w]+|role|class|version)="[^"]*"', "", drawn)
    return bare.replace("<svg ", f'<svg role="img" aria-label="{words}" ', 1)
