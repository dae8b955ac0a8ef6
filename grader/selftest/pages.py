"""Reads pages: those that the grader writes, with what is asked of each of them, and those in Markdown."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from grader.files import PROJECT
from tests.harness.tasks import anchor

FENCED = re.compile(r"^( *)```(\w+)\n(.*?)^\1```\n", re.MULTILINE | re.DOTALL)
"""Code in Markdown: how far it is indented, its language, and what it is."""


def without_code(markdown: str) -> str:
    """A page without its blocks of code; each of them is fenced, names its language and ends.

    Raises:
        AssertionError: there is other code.
    """
    text = FENCED.sub("", markdown)
    assert not re.search(r"```|^    ", text, re.MULTILINE)
    return text


def chapters() -> dict[str, str]:
    """Each task's chapter of the handout, without code, by the task's number; "0" is what stands before them."""
    handout = without_code((PROJECT / "handout.md").read_text(encoding="utf-8"))
    first, *others = re.split(r"^(?=## Task )", handout, flags=re.MULTILINE)
    return {"0": first, **{each.removeprefix("## Task ").partition(":")[0]: each for each in others}}


def links(markdown: str) -> list[str]:
    """Where a page's links and pictures lead, those that are defined on a line of their own among them."""
    text = FENCED.sub("", markdown)
    return re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"^\[[^\]]+\]: (\S+)$", text, re.MULTILINE)


def anchors(markdown: str) -> set[str]:
    """The anchors of a page's headings."""
    return {anchor(heading) for heading in re.findall(r"^#+ (.+)$", FENCED.sub("", markdown), re.MULTILINE)}


class Page(HTMLParser):
    """A self-contained page, its ids, and where its links lead: every tag is closed, nothing is loaded or run.

    `foreign` is what it must not hold: links to elsewhere, unless told otherwise, too.

    Raises:
        AssertionError: it is not.
    """

    def __init__(self, text: str, foreign: str = r"src=|url\(|@import|<script|http:|https:") -> None:
        super().__init__()
        self.open: list[str] = []
        self.identifiers: set[str] = set()
        self.links: set[str] = set()
        assert not re.search(foreign, text)
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, its id and its link."""
        self.identifiers.update(value or "" for name, value in attrs if name == "id")
        self.links.update(value or "" for name, value in attrs if name == "href")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """It closes the tag that was opened last."""
        assert self.open.pop() == tag
