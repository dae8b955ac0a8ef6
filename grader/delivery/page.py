"""The handout as one HTML page, to be read in a browser: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import jinja2
import pygments
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.anchors import anchors_plugin
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from grader.reports import environment
from tests.harness.tasks import anchor

__all__ = ["page"]


def page(markdown: str, folder: Path) -> str:
    """The page of a text in Markdown, with the drawings in `folder` that it shows.

    >>> '<h2 id="how-to-work">How to work</h2>' in page("# A course\\n\\n## How to work\\n", Path())
    True
    """
    parser = MarkdownIt("commonmark", {"highlight": _coloured}, renderer_cls=_Renderer).enable("table")
    parser.use(anchors_plugin, max_level=3, slug_func=anchor)
    tokens = parser.parse(markdown)
    headings = [(at, following.content) for at, following in pairwise(tokens) if at.type == "heading_open"]
    body = str(parser.renderer.render(tokens, parser.options, {"folder": folder}))
    pages = environment.overlay(loader=jinja2.PackageLoader("grader.delivery", "."))
    return pages.get_template("handout.html").render(
        title=next(text for at, text in headings if at.tag == "h1"),
        chapters=[(at.attrs["id"], text.partition(" (")[0]) for at, text in headings if at.tag == "h2"],
        body=body.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace(
            "</table>", "</table></div>"
        ),
    )


def _coloured(code: str, language: str, _attributes: str) -> str:
    """A block of code whose words bear the classes of their kinds; long lines scroll, from the keyboard, too."""
    coloured = pygments.highlight(code, get_lexer_by_name(language, stripnl=False), HtmlFormatter(nowrap=True))
    return f'<pre tabindex="0"><code>{coloured}</code></pre>'


class _Renderer(RendererHTML):
    """Makes drawings part of the page, so that they follow its colours and their words can be found."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A drawing whose ids are its own, named by its alternative text."""
        source = Path(env["folder"], str(tokens[idx].attrs["src"]))
        drawing = re.sub(r"<\?xml.*?\?>\s*|<title>.*?</title>\s*", "", source.read_text(encoding="utf-8"))
        drawing = re.sub(r'(\bid="|url\(#)', rf"\1{source.stem}-", drawing)
        words = html.escape(" ".join(self.renderInlineAsText(tokens[idx].children, options, env).split()))
        drawing = drawing.replace("<svg ", f'<svg role="img" aria-label="{words}" ', 1)
        return f'<span class="figure" tabindex="0">{drawing}</span>'
