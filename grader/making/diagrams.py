"""Draws the handout's diagrams, fixtures/diagrams/*.svg.

Sizes are in pixels. The same input gives the same bytes, so that a stale drawing is found like any stale fixture.
A drawing has other colours where its reader's system is dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log10

import drawsvg

INK, PALE, WARM, COOL, GREEN = "#1f2933", "#e4e7eb", "#f7b267", "#7fb3e6", "#8fce9b"
CELL = 36

IN_THE_DARK = {
    "white": "#0f131a",
    INK: "#e7ebf2",
    PALE: "#323b4a",
    WARM: "#7d4a12",
    COOL: "#1f4f80",
    GREEN: "#27613a",
}
"""What each colour becomes there."""

Point = tuple[float, float]


def build() -> dict[str, str]:
    """Every diagram: {file name: SVG}.

    >>> sorted(build())
    ['backward.svg', 'float16.svg', 'roofline.svg', 'slices.svg', 'strides.svg']
    """
    return {f"{draw.__name__}.svg": draw() for draw in (slices, float16, strides, backward, roofline)}


def slices() -> str:
    """Three views of one storage of twelve numbers."""
    page = _Page(720, 330, "x, its second row and its transpose are three views of one storage of 12 numbers.")
    fills = dict.fromkeys(range(4, 8), WARM)
    views = [
        ("x: (3, 4), strides (4, 1), offset 0", (3, 4), (4, 1), 0),
        ("x[1]: (4,), stride 1, offset 4", (1, 4), (4, 1), 4),
        ("x.t(): (4, 3), strides (1, 4), offset 0", (4, 3), (1, 4), 0),
    ]
    for n, (title, shape, jumps, offset) in enumerate(views):
        page.text(title, 20 + 245 * n, 26, size=12)
        page.grid((20 + 245 * n, 40), shape, jumps, fills, offset=offset)
    page.text("one storage: 12 numbers of 4 bytes, 48 bytes; each view shows positions in it", 20, 248, size=12)
    page.grid((20, 262), (1, 12), (12, 1), fills, width=56)
    return page.svg()


def float16() -> str:
    """Which bits are sign, exponent and mantissa."""
    page = _Page(
        720,
        240,
        "Sign, exponent, mantissa: float16 has 1, 5, 10 bits; bfloat16 1, 8, 7; float8_e5m2 1, 5, 2.",
    )
    for n, (name, exponent, mantissa) in enumerate(
        [("float16", 5, 10), ("bfloat16", 8, 7), ("float8_e5m2", 5, 2)]
    ):
        y = 52 + 62 * n
        page.text(name, 20, y + 23, size=15)
        fills = [PALE] + [WARM] * exponent + [COOL] * mantissa
        for bit, fill in enumerate(fills):
            page.cell("±" if bit == 0 else "", 126 + CELL * bit, y, fill)
        page.text(f"{exponent} bits", 126 + CELL * (1 + exponent / 2), y + 50, size=12, anchor="middle")
        page.text(f"{mantissa} bits", 126 + CELL * (1 + exponent + mantissa / 2), y + 50, size=12, anchor="middle")
    for x, word, fill in [(126, "sign", PALE), (226, "exponent: range", WARM), (396, "mantissa: precision", COOL)]:
        page.box(x, 18, 14, 14, fill)
        page.text(word, x + 20, 30, size=13)
    return page.svg()


def strides() -> str:
    """A matrix and its transpose, whose strides are exchanged."""
    page = _Page(720, 300, "Going down or right in a matrix is a jump in its storage; a transpose exchanges them.")
    for x, title, shape, (down, across) in [
        (40, "x: (3, 4), strides (4, 1)", (3, 4), (4, 1)),
        (420, "x.t(): (4, 3), strides (1, 4)", (4, 3), (1, 4)),
    ]:
        page.text(title, x, 26, size=14)
        page.grid((x, 40), shape, (down, across), {0: GREEN, down: WARM, across: COOL})
        page.text(f"down: + {down}", x + CELL * shape[1] + 12, 64, size=13)
        page.text(f"right: + {across}", x + CELL * shape[1] + 12, 84, size=13)
    page.text("storage", 40 + CELL * 11.2, 238, size=14)
    page.grid((40, 250), (1, 12), (12, 1), {0: GREEN}, width=CELL * 1.4)
    page.arc((40 + CELL * 0.7, 250), (40 + CELL * 2.1, 250), 14)
    page.arc((40 + CELL * 0.7, 250), (40 + CELL * 6.3, 250), 64)
    page.text("+ 1", 40 + CELL * 1.4, 234, size=12, anchor="middle")
    page.text("+ 4", 40 + CELL * 3.5, 197, size=12, anchor="middle")
    return page.svg()


def backward() -> str:
    """Forward and backward of two layers: which product needs which tensors."""
    page = _Page(
        720,
        310,
        "Forward: h1 = x @ w1, h2 = h1 @ w2. Backward, from the gradient of h2: of w2 and h1, then of w1 and x.",
    )
    places = {"x": 60, "h1": 290, "h2": 520}
    for name, x in places.items():
        page.node(name, x, 60, GREEN)
        page.node(f"grad {name}", x, 220, WARM if name != "x" else PALE, dashed=name == "x")
    for left, right, weight, cost in [("x", "h1", "w1", "48"), ("h1", "h2", "w2", "80")]:
        middle = (places[left] + places[right]) / 2 + 40
        page.arrow((places[left] + 80, 78), (places[right], 78))
        page.node(weight, middle - 30, 10, COOL, width=60)
        page.arrow((middle, 46), (middle, 74))
        page.text(f"{cost} FLOPs", middle, 98, size=12, anchor="middle")
        page.arrow((places[right], 238), (places[left] + 80, 238), dashed=left == "x")
        page.text(f"{cost} FLOPs", middle, 232, size=12, anchor="middle")
        page.node(f"grad {weight}", middle - 40, 148, WARM)
        page.arrow((places[right], 228), (middle + 42, 184))
        page.arrow((places[left] + 74, 96), (middle - 42, 150))
        page.arrow((middle - 30, 40), (places[left] + 70, 220), dashed=left == "x")
        page.text(f"{cost}", middle + 50, 170, size=12)
    page.text("loss", 650, 82, size=14)
    page.text("loss", 650, 242, size=14)
    page.arrow((600, 78), (640, 78))
    page.arrow((640, 238), (600, 238))
    page.text(
        "Two products backward for each one forward; dashed: only when x needs a gradient.", 20, 294, size=13
    )
    return page.svg()


def roofline() -> str:
    """Attainable FLOP/s of an H100 by arithmetic intensity, on logarithmic axes."""
    page = _Page(720, 380, "Below 295 FLOPs per byte an H100 is bound by memory, above by arithmetic.")
    peak, bandwidth = 989.5e12, 3.35e12

    def at(intensity: float, rate: float) -> Point:
        return 90 + 150 * log10(intensity / 0.5), 330 - 72 * log10(rate / 1e12)

    for power in range(4):
        y = at(1, 10.0 ** (12 + power))[1]
        page.line([(90, y), (690, y)], PALE)
        page.text(("1", "10", "100", "1,000")[power], 82, y + 4, size=12, anchor="end")
    for intensity in (1, 10, 100, 1_000):
        x = at(intensity, 1e12)[0]
        page.line([(x, 60), (x, 330)], PALE)
        page.text(f"{intensity:,}", x, 348, size=12, anchor="middle")
    ridge = peak / bandwidth
    page.line([at(0.5, 0.5 * bandwidth), at(ridge, peak), at(4_000, peak)], INK, width=3)
    page.text("TFLOP/s", 20, 50, size=12)
    page.text("arithmetic intensity: FLOPs per byte", 390, 370, size=12, anchor="middle")
    page.text("bound by memory: 3.35e12 bytes per second", 130, 140, size=13)
    page.text("bound by arithmetic: 989.5e12 FLOP/s", 690, 96, size=13, anchor="end")
    marks = [(1.0, "1 token, 4,096 × 4,096"), (ridge, "ridge: 295"), (1365.0, "4,096 tokens")]
    for work, word in marks:
        place = at(work, min(peak, work * bandwidth))
        page.dot(*place)
        page.text(word, place[0] + 10, place[1] + 20, size=12)
    return page.svg()


class _Page:
    """A page with a title for those who can't see it, and what the diagrams are drawn with."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self.drawing = drawsvg.Drawing(width, height, font_family="Helvetica, Arial, sans-serif")
        self.drawing.append_title(title)
        rules = [
            f'[{part}="{light}"] {{ {part}: {dark}; }}'
            for light, dark in IN_THE_DARK.items()
            for part in ("fill", "stroke")
        ]
        self.drawing.append_css("@media (prefers-color-scheme: dark) { " + " ".join(rules) + " }")
        self.box(0, 0, width, height, "white", stroke="none")
        self._head = drawsvg.Marker(-0.95, -0.5, 0.05, 0.5, scale=9, orient="auto")
        self._head.append(drawsvg.Lines(-0.9, 0.4, -0.9, -0.4, 0, 0, fill=INK, close=True))

    def svg(self) -> str:
        """The page as text."""
        return f"{self.drawing.as_svg()}\n"

    def text(self, words: str, x: float, y: float, size: int = 13, anchor: str = "start") -> None:
        """Words whose baseline is at y."""
        self.drawing.append(drawsvg.Text(words, size, _round(x), _round(y), fill=INK, text_anchor=anchor))

    def box(self, x: float, y: float, width: float, height: float, fill: str, **style: str) -> None:
        """A rectangle from its upper left corner."""
        style = {"stroke": INK, **style}
        self.drawing.append(
            drawsvg.Rectangle(_round(x), _round(y), _round(width), _round(height), fill=fill, **style)
        )

    def cell(self, word: str, x: float, y: float, fill: str, width: float = CELL) -> None:
        """A number of a tensor."""
        self.box(x, y, width, CELL, fill)
        self.text(word, x + width / 2, y + 23, anchor="middle")

    def grid(
        self,
        corner: Point,
        shape: tuple[int, int],
        strides: tuple[int, int],
        fills: Mapping[int, str],
        *,
        offset: int = 0,
        width: float = CELL,
    ) -> None:
        """A matrix whose cells show their positions in the storage, filled by position."""
        for row in range(shape[0]):
            for column in range(shape[1]):
                position = offset + strides[0] * row + strides[1] * column
                place = corner[0] + width * column, corner[1] + CELL * row
                self.cell(str(position), *place, fills.get(position, PALE), width=width)

    def node(self, word: str, x: float, y: float, fill: str, width: float = 80, *, dashed: bool = False) -> None:
        """A tensor with its name."""
        self.box(x, y, width, CELL, fill, rx="6", **_dashes(dashed))
        self.text(word, x + width / 2, y + 23, size=14, anchor="middle")

    def line(self, points: Sequence[Point], stroke: str, width: float = 1) -> None:
        """Straight from point to point."""
        flat = [_round(number) for point in points for number in point]
        self.drawing.append(drawsvg.Lines(*flat, stroke=stroke, stroke_width=width, fill="none"))

    def arrow(self, start: Point, end: Point, *, dashed: bool = False) -> None:
        """Points at its end."""
        path = drawsvg.Line(*map(_round, (*start, *end)), stroke=INK, marker_end=self._head, **_dashes(dashed))
        self.drawing.append(path)

    def arc(self, start: Point, end: Point, height: float) -> None:
        """From above one place to above another."""
        path = drawsvg.Path(stroke=INK, fill="none", marker_end=self._head)
        path.M(*map(_round, start)).C(*map(_round, _arc(start, end, height)))
        self.drawing.append(path)

    def dot(self, x: float, y: float) -> None:
        """A point that a label speaks of."""
        self.drawing.append(drawsvg.Circle(_round(x), _round(y), 5, fill=WARM, stroke=INK))


def _dashes(dashed: bool) -> dict[str, str]:
    return {"stroke_dasharray": "5 4"} if dashed else {}


def _arc(start: Point, end: Point, height: float) -> Iterable[float]:
    return (start[0], start[1] - height, end[0], end[1] - height, *end)


def _round(number: float) -> float:
    return round(float(number), 1)
