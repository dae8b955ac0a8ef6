"""The drawings: each asks the student's functions, goes on only with right answers, and gives SVG."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from math import log10

import regex

from tests.bpe_examples import snapshot
from tests.harness import Student
from tests.harness.outcomes import Altered, NotPlain, Stopped, StudentError
from tests.harness.plain import short
from tests.pages import svg


class NotRight(Exception):
    """The student's function answers something else than the handout says; the message is for the student."""


def same(answer: object, shown: object, call: str) -> None:
    """Go on only with an answer that the handout shows, too.

    Raises:
        NotRight: it is another.
    """
    if answer != shown:
        raise NotRight(f"{call} gives {short(answer)}, and the handout shows something else.")


WORDS = {"hug": 10, "mug": 4, "sun": 11, "bun": 3, "hugs": 5}
LEARNED = [(b"u", b"g"), (b"h", b"ug"), (b"u", b"n"), (b"s", b"un")]
"""The corpus that Task 1.2 works by hand, and what the handout says is learned from it."""


def merges(student: Student) -> str:
    """The words of the handout's corpus as rows of pieces, one row a merge."""
    corpus = student.file("corpus.txt", "\n".join(word for word, n in WORDS.items() for _ in range(n)))
    _, learned = student.bpe.train_bpe(corpus, 256 + len(LEARNED), [])
    same(learned, LEARNED, "train_bpe")
    parts = [
        svg.text(f"{word} · {n}", x, 24, "bold") for (word, n), x in zip(WORDS.items(), _columns(), strict=True)
    ]
    rows = ["|" + "|".join(word) + "|" for word in WORDS]
    new = ""
    for step in range(len(learned) + 1):
        y = 44 + 40 * step
        if step:
            left, right = (piece.decode() for piece in learned[step - 1])
            new = left + right
            # None of these words holds a pair twice, so that replacing text will do.
            rows = [row.replace(f"|{left}|{right}|", f"|{new}|") for row in rows]
        parts.append(svg.text(f"{step}: {left} + {right}" if step else "letters", 12, y + 19))
        for row, x in zip(rows, _columns(), strict=True):
            for piece in row.strip("|").split("|"):
                width = 24 * len(piece)
                parts.append(svg.box(x, y, width - 4, 28, "fresh" if piece == new else "pale", rounded=5))
                parts.append(svg.text(piece, x + width / 2 - 2, y + 19, "middle code"))
                x += width
    steps = ", then ".join(f"{left.decode()} and {right.decode()}" for left, right in learned)
    words = f"Five words, {', '.join(WORDS)}, cut into letters; each row below joins one pair: {steps}."
    return svg.picture(572, 44 + 40 * len(rows) + 4, words, parts)


def _columns() -> list[int]:
    places = [110]
    for word in WORDS:
        places.append(places[-1] + 24 * len(word) + 20)
    return places[:-1]


LANGUAGES = {"Thai": (1498, 639), "Greek": (1498, 772), "English": (1500, 1496)}
"""Of each text below: its bytes, and its tokens with all merges."""


def compression(student: Student) -> str:
    """Bytes per token of three languages, by the size of a vocabulary that was trained on two of them."""
    many, english = snapshot("multilingual"), snapshot("english")["corpus"].decode()
    corpus, merges = many["corpus"].decode(), many["merges"]
    curves = {}
    for language, (n_bytes, last) in LANGUAGES.items():
        words = (
            regex.findall(rf"[\p{{{language}}}\p{{M}}]+", corpus) if language != "English" else english.split(" ")
        )
        text = " ".join(words).encode()[:1500].decode(errors="ignore")
        counts = student.comparing.token_counts(text, merges, "gpt2")
        if [len(counts), *counts[:1], *counts[-1:]] != [len(merges) + 1, n_bytes, last]:
            raise NotRight(f"token_counts gives {short(counts)}, which is not what the rules of the handout give.")
        curves[language] = [(256 + number, n_bytes / tokens) for number, tokens in enumerate(counts)]
    columns = {f"{size}": _in_curves(size, 1)[0] for size in (256, 400, 500, 600, 699)}
    rows = {f"{ratio:g}": _in_curves(256, ratio)[1] for ratio in (1, 1.5, 2, 2.5)}
    parts = _grid(columns, rows, right=620, bottom=280)
    parts += [svg.text("bytes per token", 12, 18, "small"), svg.text("vocabulary", 340, 324, "small middle")]
    for kind, (language, curve) in zip(("roof warm-line", "roof cool-line", "roof"), curves.items(), strict=True):
        places = [_in_curves(size, ratio) for size, ratio in curve]
        parts += [svg.line(places, kind), svg.text(language, 630, places[-1][1] + 4)]
    words = (
        "Bytes per token by the size of a vocabulary, from 256 to 699, as three lines that begin at 1. That of "
        "Thai rises most, to 2.3, that of Greek to 1.9, and that of English, which was not in the training's "
        "texts, stays at 1."
    )
    return svg.picture(720, 332, words, parts)


def _grid(columns: Mapping[str, float], rows: Mapping[str, float], right: float, bottom: float) -> list[str]:
    """Lines of a diagram and what they are called: of columns below, {text: x}, of rows to the left, {text: y}."""
    parts = []
    for text, x in columns.items():
        parts += [svg.line([(x, 30), (x, bottom)], "grid"), svg.text(text, x, bottom + 20, "small middle")]
    for text, y in rows.items():
        parts += [svg.line([(60, y), (right, y)], "grid"), svg.text(text, 52, y + 4, "small end")]
    return parts


def _in_curves(size: int, ratio: float) -> svg.Point:
    return 60 + 560 * (size - 256) / 443, 280 - 160 * (ratio - 1)


TRANSPOSED = [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]
"""Where the elements of the handout's x.t() are in the storage, in order."""


def strides(student: Student) -> str:
    """Which cells of one storage a tensor and its transpose visit, in order."""
    shape, views = [3, 4], student.views
    jumps = views.contiguous_strides(shape)
    same(jumps, [4, 1], f"contiguous_strides({shape})")
    shapes = {"x": (shape, jumps, list(range(12))), "x.t()": (shape[::-1], jumps[::-1], TRANSPOSED)}
    try:
        target = [2, 2, 3]
        joined = views.view_strides(shape[::-1], jumps[::-1], target)
        if joined == [2, 1, 4]:
            shapes["x.t().view(2, 2, 3)"] = (target, joined, TRANSPOSED)
    except (Stopped, StudentError, NotPlain, Altered):
        pass  # Task 3.4 has its own checks; without it there are two panels
    panels = []
    for title, (sizes, steps, shown) in shapes.items():
        indices = [list(index) for index in product(*map(range, sizes))]
        places = [views.storage_position(index, sizes, steps, 0) for index in indices]
        same(places, shown, f"storage_position, over the elements of {title} in order,")
        panels.append(_panel(f"{title}: strides {tuple(steps)}", indices, places))
    return "".join(panels)


LEFT, TOP, CELL = 52, 52, 17
"""Of a panel: where its cells begin, and how large they are."""


def _panel(title: str, indices: Sequence[list[int]], places: Sequence[int]) -> str:
    """A row for each element, in which the cell is filled where it is in the storage."""
    middle = LEFT + (CELL - 1) / 2
    parts = [svg.text(title, 2, 18, "bold"), svg.text("index", 2, TOP - 8, "small")]
    parts += [svg.text(cell, middle + CELL * cell, TOP - 8, "small middle") for cell in range(12)]
    for row, (index, place) in enumerate(zip(indices, places, strict=True)):
        y = TOP + CELL * row
        parts.append(svg.text(", ".join(map(str, index)), 2, y + 12, "small"))
        for cell in range(12):
            kind = ("warm", "cool")[index[0] % 2] if cell == place else "pale"
            parts.append(svg.box(LEFT + CELL * cell, y, CELL - 1, CELL - 1, kind))
    visited = [(middle + CELL * place, TOP + CELL * (row + 0.5)) for row, place in enumerate(places)]
    words = f"{title}. In order, its elements are at positions {', '.join(map(str, places))} of the storage."
    return svg.picture(LEFT + CELL * 12 + 2, TOP + CELL * 12, words, [*parts, svg.line(visited, "path")])


BITS = 3, 2
"""Exponent and mantissa bits of a format whose numbers fit on a line."""


def floats(student: Student) -> str:
    """The numbers of a small float format on a line, those near zero once more below."""
    limits = student.floats.float_format(*BITS)
    said = f"float_format({BITS[0]}, {BITS[1]})"
    if limits != {"largest": 14.0, "smallest_normal": 0.25, "smallest_subnormal": 0.0625, "epsilon": 0.25}:
        raise NotRight(f"{said} gives {limits}, which is not what the rules of the handout give.")
    step, largest, normal = limits["smallest_subnormal"], limits["largest"], limits["smallest_normal"]
    steps = [n * step for n in range(round(largest / step) + 1)]
    numbers = [x for x in steps if student.floats.round_to_format(x, *BITS) == x]
    if len(numbers) != (2 ** BITS[0] - 1) * 2 ** BITS[1]:
        raise NotRight(f"round_to_format keeps {len(numbers)} numbers from 0 to {largest:g} as they are.")
    parts = [
        svg.text("all of them, from 0 on", 20, 24, "bold"),
        svg.text("from 0 to 1, enlarged", 20, 124, "bold"),
    ]
    parts += _ticks(numbers, normal, 14, 76, range(15))
    parts += _ticks([x for x in numbers if x <= 1], normal, 1, 176, [0, normal, 0.5, 0.75, 1])
    below = sum(0 < x < normal for x in numbers)
    parts += [svg.box(20, 216, 14, 14, "warm"), svg.text(f"subnormal: {below} numbers, {step:g} apart", 42, 228)]
    parts += [
        svg.box(300, 216, 14, 14, "cool"),
        svg.text("normal: their distance doubles at each power of 2", 322, 228),
    ]
    words = (
        f"The {len(numbers)} numbers from 0 to {largest:g} of a format with {BITS[0]} exponent bits and {BITS[1]} "
        f"mantissa bits, as ticks on a line. They are dense near zero, where {below} are subnormal, and far apart "
        "at the end."
    )
    return svg.picture(720, 244, words, parts)


def _ticks(numbers: Sequence[float], normal: float, end: float, y: float, named: Collection[float]) -> list[str]:
    def at(x: float) -> float:
        return 24 + 672 * x / end

    parts = [svg.line([(at(0), y), (at(end), y)], "axis")]
    for x in numbers:
        kind = "cool" if x >= normal else "warm" if x else "zero"
        parts.append(svg.box(at(x) - 1.5, y - 30, 3, 30, kind))
    return parts + [svg.text(f"{x:g}", at(x), y + 18, "small middle") for x in named]


PEAK, TOKENS = 9895 * 10**11, (1, 4096)
"""Of the H100 in the handout, FLOP/s in bfloat16; and what it works by hand: so many tokens, 4,096 by 4,096."""


def roofline(student: Student) -> str:
    """Attainable FLOP/s over FLOPs per byte, and the handout's two products on that line."""
    speed = student.transfers.bandwidth("H100 memory")
    same(speed, 3350 * 10**9, "bandwidth('H100 memory')")
    size, points = 2**20, []
    for power in range(-16, 193):
        flops = round(size * 2 ** (power / 16))
        reached = student.transfers.attainable_flops(flops, size, PEAK, speed)
        points.append((flops / size, reached, student.transfers.bound_by(flops, size, PEAK, speed)))
    works = []
    for tokens in TOKENS:
        flops, moved = 2 * tokens * 4096**2, student.transfers.matmul_bytes(tokens, 4096, 4096, itemsize=2)
        reached = student.transfers.attainable_flops(flops, moved, PEAK, speed)
        works.append((tokens, flops / moved, reached, student.transfers.bound_by(flops, moved, PEAK, speed)))
    same(
        [reached for _, _, reached, _ in works], [3348365056124, PEAK], "attainable_flops, for 1 and 4096 tokens,"
    )
    same([bound for *_, bound in works], ["memory", "compute"], "bound_by, for 1 and 4096 tokens,")
    columns = {f"{2.0**power:g}": _at(2.0**power, 1e12)[0] for power in range(-1, 13, 2)}
    rows = {f"{tera:,}": _at(1, tera * 1e12)[1] for tera in (1, 10, 100, 1000)}
    parts = _grid(columns, rows, right=700, bottom=300)
    memory = [_at(x, y) for x, y, bound in points if bound == "memory"]
    compute = [_at(x, y) for x, y, bound in points if bound == "compute"]
    parts += [svg.line([*memory, compute[0]], "roof warm-line"), svg.line(compute, "roof cool-line")]
    parts += [svg.text("TFLOP/s", 12, 18, "small"), svg.text("FLOPs per byte", 380, 344, "small middle")]
    parts += [svg.text("memory is the limit", 130, 140), svg.text("arithmetic is the limit", 690, 34, "end")]
    for tokens, x, y, _ in works:
        place = _at(x, y)
        parts += [
            svg.dot(place, "point"),
            svg.text(f"{tokens:,} token{'s' * (tokens > 1)}", place[0] + 10, place[1] + 20),
        ]
    words = (
        "The roofline of an H100, both axes logarithmic: the line rises while memory is the limit and is flat "
        "where arithmetic is. A layer of 4,096 by 4,096 is on the slope with 1 token, and on the flat part with "
        "4,096."
    )
    return svg.picture(720, 352, words, parts)


def _at(work: float, reached: float) -> svg.Point:
    return 60 + 640 * (log10(work) - log10(0.5)) / log10(8192), 300 - 80 * (log10(reached) - 12.0)
