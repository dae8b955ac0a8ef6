"""The handout as a page: whole, by itself, and with every link alive."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from grader.delivery.page import page
from grader.files import PROJECT
from grader.selftest.pages import FENCED, Page, links

HANDOUT = (PROJECT / "handout.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text() -> str:
    """The page, as a release has it."""
    return page(HANDOUT, PROJECT)


def test_the_page_stands_by_itself(text: str) -> None:
    """Every tag is closed, nothing is loaded or run, and no id is there twice."""
    Page(text, r"src=|url\((?!#)|@import|<script|<link")
    identifiers = re.findall(r'\bid="([^"]+)"', text)
    assert len(identifiers) == len(set(identifiers)) > 100
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(identifiers)


def test_no_link_of_the_page_is_dead(text: str) -> None:
    """Links within the page lead to its headings, the others to papers, and those of the handout are all there."""
    built = Page(text, "<script")
    within = {link.removeprefix("#") for link in built.links if link.startswith("#")}
    assert within <= built.identifiers
    assert {link for link in links(HANDOUT) if "/diagrams/" not in link} <= built.links
    assert all(re.match(r"#|https://(arxiv[.]org/abs|doi[.]org)/", link) for link in built.links)


def test_the_page_holds_all_of_the_handout(text: str) -> None:
    """Each word of its code, in order, and each heading; no mark of Markdown is left."""
    shown = html.unescape(re.sub(r"<[^>]+>", "", text.partition("<main>")[2]))
    for _, _, code in FENCED.findall(HANDOUT):
        assert " ".join(code.split()) in " ".join(shown.split())
    plain = re.sub(r"<(pre|code|svg).*?</\1>", "", text, flags=re.DOTALL)
    assert not re.findall(
        r"\*\*.*|`.*|\]\(.*|\[\d[.]\d\].*|^#.*|^\|.*", plain.partition("<main>")[2], re.MULTILINE
    )
    assert text.count("<h2 ") == len(re.findall(r"^## ", HANDOUT, re.MULTILINE))


def test_each_figure_says_what_is_seen_and_has_colours_for_the_dark(text: str) -> None:
    """A sentence for those who can't see it; ink, paper and fills change with the system's colours."""
    figures = re.findall(r'<svg role="img" aria-label="([^"]+)".*?</svg>', text, re.DOTALL)
    assert len(figures) == text.count("<svg ") == HANDOUT.count("![") == 5
    assert all(len(words.split()) > 15 for words in figures)
    for drawing in PROJECT.glob("fixtures/diagrams/*.svg"):
        svg = drawing.read_text(encoding="utf-8")
        dark = set(re.findall(r'\[\w+="([^"]+)"\]', svg))
        assert "prefers-color-scheme: dark" in svg
        assert set(re.findall(r'<(?!style)[^>]*(?:fill|stroke)="([^"]+)"', svg)) - {"none"} <= dark, drawing


def test_a_drawing_that_is_missing_is_an_error() -> None:
    """No page is written with a hole in it."""
    with pytest.raises(FileNotFoundError, match=r"gone\.svg"):
        page("# A course\n\n![a hole](gone.svg)\n", Path())
