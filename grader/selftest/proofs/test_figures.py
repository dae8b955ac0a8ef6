"""Each figure of the handout is computed again, or cited, or there is a reason why it was chosen.

`figures/part_N.toml` lists them, one entry for a sentence, a row of a table or a part of these. Task "0" is what
stands before the tasks::

    [[figure]]
    task = "4.5"
    quote = "as it stands in the handout, with single blanks"
    computed = { "4.788e21" = "budgets.cluster_flops(8, 7 * 86_400, 9895 * 10**11)" }

Each expression gives the number as printed, to the digits printed. The other figures of the quote have
`source = "H100 (SXM, 2023): where in it"`, or `chosen = "why"`. `figures/sources.toml` has all sources, which each
task names in its last lines.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from grader.files import PROJECT
from grader.selftest.pages import chapters

MODULES = [
    *(f"grader.reference.{path.stem}" for path in PROJECT.glob("grader/reference/[a-z]*.py")),
    *"grader.grading.pace grader.hardware.machines grader.isolation.wire".split(),
    *"tests.handin tests.harness.expect tests.harness.outcomes math ml_dtypes string torch unicodedata".split(),
]
"""What expressions may use, by the last part of the name."""

FOLDER = Path(__file__).with_name("figures")
RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
NUMBER = re.compile(
    rf"""
    (?<![\w.#-]) (?!\d\.\d\])       # no part of a name, and no link to a task
    (?: U\+[0-9A-F]{{4,5}} (?:–[0-9A-F]{{4,5}})?
      | (?P<digits> \d+ (?:,\d{{3}})* (?:\.\d+)? (?:e-?\d+)? ) (?P<times> ·10 (?=[{RAISED}]) )?
        (?P<power> [{RAISED}]+ )? (?P<percent> [ ]% )? )
    (?!\w)
    """,
    re.VERBOSE,
)
UNIT = re.compile(r"\**\s?(?:[kMGT]i?B|[GT]B/s|FLOPs?|FLOP/s|[µm]?s|bits?|bytes?|seconds|minutes|hours|days)\b")
HELD_ELSEWHERE = re.compile(
    r"^(?:\*(?:Public checks hold|Effort:) |\| \[\d\.\d |\[\d\.\d\]: |## Task ).*\n", re.MULTILINE
)
"""Points, hours and links to tasks, which test_architecture.py holds."""
SOURCES = re.compile(r"^(Sources?: (?:.+\n)+)", re.MULTILINE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
LINK = re.compile(r"\[(arXiv|doi):(\S+)\]\((\S+)\)")
ADDRESSES = {"arXiv": "https://arxiv.org/abs/", "doi": "https://doi.org/"}


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of `figures/part_N.toml`."""

    task: str
    quote: str
    computed: dict[str, str] = field(default_factory=dict)
    source: str = ""
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of `figures/sources.toml`: how the handout names it, what it is, and its edition and date."""

    cited: str
    authors: str
    title: str
    year: int
    edition: str
    link: str = ""


def read(file: str, table: str) -> list[dict[str, Any]]:
    """The entries of a file in `figures/`."""
    entries: list[dict[str, Any]] = tomllib.loads((FOLDER / file).read_text(encoding="utf-8"))[table]
    return entries


PARTS = sorted(FOLDER.glob("part_*.toml"))
ROWS = [Row(**row) for file in PARTS for row in read(file.name, "figure")]
CITED = {source.cited: source for source in (Source(**entry) for entry in read("sources.toml", "source"))}


def sections() -> dict[str, tuple[str, str]]:
    """Of each task its text, without code and addresses, and its sources, both with single blanks."""
    found = {}
    for task, chapter in chapters().items():
        text, *sources = SOURCES.split(HELD_ELSEWHERE.sub("", chapter), maxsplit=1)
        text += "".join(sources[1:])
        found[task] = (
            " ".join(re.sub(r"\]\([^)]*\)", "]", text).split()),
            " ".join("".join(sources[:1]).split()),
        )
    return found


SECTIONS = sections()


def counts(number: re.Match[str]) -> bool:
    """Whether a number is a figure: not just one or two digits without a unit."""
    digits = number["digits"]
    if digits is None or number["power"] or number["percent"] or UNIT.match(number.string, number.end()):
        return True
    return not digits.isdigit() or len(digits) > 2


def figures(text: str) -> set[str]:
    """The figures of a text."""
    return {number[0] for number in NUMBER.finditer(text) if counts(number)}


def agrees(figure: str, value: object) -> bool:
    """Whether a figure is a value, to the digits printed; a text is a figure as it stands."""
    number = NUMBER.fullmatch(figure)
    assert number
    if isinstance(value, str) or number["digits"] is None:
        return figure == value
    assert isinstance(value, (int, float, Fraction)), value
    mantissa, _, exponent = number["digits"].replace(",", "").partition("e")
    scale = Fraction(10) ** (int(exponent or 0)) / (100 if number["percent"] else 1)
    power = int("".join("-" if each == "⁻" else str(unicodedata.digit(each)) for each in number["power"] or "¹"))
    if number["power"] and not number["times"]:
        return math.isclose(value, Fraction(mantissa) ** power * scale, rel_tol=1e-12)
    scale *= Fraction(10) ** power if number["times"] else 1
    half_of_last = Fraction(1, 2 * 10 ** len(mantissa.partition(".")[2]))
    return abs(Fraction(value) / scale - Fraction(mantissa)) <= half_of_last


def code_point(character: str) -> str:
    """As Unicode writes it."""
    return f"U+{ord(character):04X}"


def timings(name: str) -> list[dict[str, Any]]:
    """The rows of a file of measured times."""
    rows: list[dict[str, Any]] = json.loads((PROJECT / f"fixtures/timings/{name}.json").read_text("utf-8"))["rows"]
    return rows


def pinned(package: str) -> str:
    """The version of a package that the tests run with, without its last part."""
    text = (PROJECT / "constraints.txt").read_text(encoding="utf-8")
    (version,) = re.findall(rf"^{package}==(\d+\.\d+)", text, re.MULTILINE)
    return str(version)


def project() -> dict[str, Any]:
    """The table of that name in pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def names() -> dict[str, Any]:
    """What expressions may use: modules, the functions above, and the names that each file begins with."""
    modules = map(import_module, MODULES)
    known: dict[str, Any] = {module.__name__.rpartition(".")[2]: module for module in modules}
    known |= {each.__name__: each for each in (Fraction, code_point, pinned, project, timings)}
    for file in PARTS:
        for name, expression in tomllib.loads(file.read_text(encoding="utf-8")).get("names", {}).items():
            assert name not in known, name
            known[name] = eval(expression, known)
    return known


NAMES = names()


def test_a_figure_agrees_to_the_digits_printed() -> None:
    """Half of the last digit is the most by which it may be off; powers and texts are exact."""
    for figure, value in {
        "57.0 %": 0.5698,
        "1,000": 1000.4,
        "40.0·10⁹": 4e10,
        "2⁻²": 0.25,
        "312e12": 3124e11,
    }.items():
        assert agrees(figure, value), figure
    for figure, value in {
        "57.0 %": 0.5694,
        "1,000": 1001,
        "40.0·10⁹": 4.1e10,
        "2⁻²": 0.26,
        "312e12": 313e12,
    }.items():
        assert not agrees(figure, value), figure
    assert not agrees("U+0120", "U+0121")
    assert figures("H100, GPT-2 and [4.5], then 12, 12 bytes, 123, 1.5, 1e3, 2⁻², 5 % and U+0120") == set(
        "12 123 1.5 1e3 2⁻² U+0120".split()
    ) | {"5 %"}


@pytest.mark.parametrize("task", SECTIONS)
def test_every_figure_is_held_by_a_row(task: str) -> None:
    """Computed, cited or chosen: each number in prose and tables, but for small ones without a unit."""
    text, _ = SECTIONS[task]
    rows = [(place, row) for row in ROWS if row.task == task for place in re.finditer(re.escape(row.quote), text)]
    unheld = [
        text[max(number.start() - 50, 0) : number.end() + 30]
        for number in NUMBER.finditer(text)
        if counts(number)
        and not any(
            place.start() <= number.start() and number.end() <= place.end()
            for place, row in rows
            if number[0] in row.computed or row.source or row.chosen
        )
    ]
    assert unheld == [], f"no row of task {task} in {FOLDER.name}/ holds a number of these"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.task}: {row.quote[:40]}")
def test_a_row_holds_the_figures_of_its_quote(row: Row) -> None:
    """The quote is in the handout, what is computed agrees, and the rest has a named source or a reason."""
    text, sources = SECTIONS[row.task]
    assert row.quote in text, "the handout says this no longer"
    assert row.computed.keys() <= {number[0] for number in NUMBER.finditer(row.quote)}
    for figure, expression in row.computed.items():
        value = eval(expression, NAMES)
        assert agrees(figure, value), f"{figure} is printed, {expression} is {value}"
    rest = figures(row.quote) - row.computed.keys()
    assert bool(rest) == bool(row.source or row.chosen), f"neither computed nor cited nor chosen: {rest}"
    assert not (row.source and row.chosen)
    if row.source:
        cited, _, place = row.source.partition(": ")
        assert cited in CITED
        assert place
        assert cited in sources, "the task's sources do not name it"


@pytest.mark.parametrize("task", [task for task, (_, sources) in SECTIONS.items() if sources])
def test_what_a_task_names_as_sources_is_listed(task: str) -> None:
    """Each part names a listed work, with its title and link where it has these, and no other year."""
    _, sources = SECTIONS[task]
    for part in sources.split("; "):
        works = [source for source in CITED.values() if source.cited in part]
        assert works, part
        for title in re.findall(r'"([^"]+)"', part):
            assert any(work.title.startswith(title) for work in works), title
        for kind, number, address in LINK.findall(part):
            assert f"{kind}:{number}" in [work.link for work in works]
            assert address == ADDRESSES[kind] + number
    for cited in CITED:
        sources = sources.replace(cited, "")
    assert not YEAR.findall(LINK.sub("", sources)), sources


def test_all_links_to_elsewhere_are_sources() -> None:
    """No other address is in the handout."""
    handout = "".join(chapters().values())
    assert len(re.findall("https?://", handout)) == sum(
        len(LINK.findall(sources)) for _, sources in SECTIONS.values()
    )


@pytest.mark.parametrize("source", CITED.values(), ids=lambda source: source.cited)
def test_a_source_has_authors_title_edition_and_date(source: Source) -> None:
    """It is named by a task, with its year if the handout gives one, and has the link that its task has."""
    assert source.authors
    assert source.title
    assert source.edition
    assert set(YEAR.findall(source.cited)) <= {str(source.year)}
    naming = [sources for _, sources in SECTIONS.values() if source.cited in sources]
    assert naming
    assert all(source.link in sources for sources in naming)
