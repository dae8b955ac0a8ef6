"""Every page in a browser: on wide and narrow screens, light and dark, on paper, without scripts and offline."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT as AXE
from playwright.async_api import BrowserContext, Page, PdfMargins, async_playwright

from grader.selftest.samples import written

BROWSERS = (
    *("google-chrome", "google-chrome-stable", "chrome", "chromium", "chromium-browser"),
    *("msedge", "microsoft-edge", "microsoft-edge-stable"),
)
"""The commands of browsers that Playwright can steer; the first one that is on the path is used."""

NEEDED = "GRADER_NEEDS_BROWSER"
"""A variable of the environment: where it is set, the want of a browser is a failure."""

WIDTHS = (1200, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CONTRASTS = """async () => {
  const kinds = new Map(), known = window.known ??= new Set(), kept = new Set();
  const all = [...document.querySelectorAll("body, body *")];
  for (const each of all) {
    const {backgroundColor, backgroundImage, color, fontSize, fontWeight, opacity} = getComputedStyle(each);
    const says = [...each.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const own = [backgroundColor, backgroundImage, color, fontSize, fontWeight, opacity, says];
    kinds.set(each, `${kinds.get(each.parentElement)}; ${own}`);
    if (!each.checkVisibility() || known.has(kinds.get(each))) continue;
    known.add(kinds.get(each));
    for (let part = each; part && !kept.has(part); part = part.parentElement) kept.add(part);
  }
  if (!kept.size) return [];
  const alike = all.filter(each => !kept.has(each));
  alike.forEach(each => each.style.setProperty("display", "none", "important"));
  const found = await axe.run({resultTypes: ["violations"], runOnly: ["color-contrast", "link-in-text-block"]});
  alike.forEach(each => each.style.removeProperty("display"));
  return found.violations;
}"""
"""What axe-core says of colours, which takes it long: of one element of each kind that is new in its colours."""

OTHERS = """async () => (await axe.run({
  resultTypes: ["violations"], rules: {"color-contrast": {enabled: false}},
})).violations"""
TRANSPARENT = "rgba(0, 0, 0, 0)"
AT_ONCE = 2
"""So many pages are looked at at a time."""

PAPER = {"portrait": 718, "landscape": 1032}
"""Pixels between the margins: of 10 mm on A4, and of 12 mm where a page says that it is landscape."""

CUT = """mayScroll => {
  const found = new Set(), limits = new Map();
  const within = element => {
    if (!element) return [0, innerWidth];
    if (!limits.has(element)) {
      const how = getComputedStyle(element).overflowX, {left, right} = element.getBoundingClientRect();
      const [from, to] = within(element.parentElement);
      const scrolls = mayScroll && ["auto", "scroll"].includes(how);
      limits.set(element, scrolls ? [-Infinity, Infinity] : how === "visible" ? [from, to] :
        [Math.max(from, left), Math.min(to, right)]);
    }
    return limits.get(element);
  };
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const range = document.createRange();
  while (nodes.nextNode()) {
    const node = nodes.currentNode, text = node.nodeType === Node.TEXT_NODE;
    if (node instanceof HTMLElement && node.clientWidth && node.scrollWidth > node.clientWidth + 1 &&
      getComputedStyle(node).overflowX === "visible" && node.checkVisibility())
      found.add(`what ${node.localName} can't hold: ${node.textContent.trim().slice(0, 60)}`);
    if (text ? !node.data.trim() : !["svg", "IMG", "TABLE"].includes(node.tagName)) continue;
    if (!node.parentElement.checkVisibility()) continue;
    const [from, to] = within(node.parentElement);
    range.selectNode(node);
    for (const {left, right} of range.getClientRects())
      if (right > to + 1 || left < from - 1) found.add(text ? node.data.trim().slice(0, 60) : node.tagName);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.add("the page itself scrolls");
  return [...found].slice(0, 5);
}"""
"""What of a page is outside the window, cut off by a part that hides the rest, or too wide for its own place."""


def command() -> str:
    """The browser of this machine; a test is skipped without one, or fails where one is needed."""
    if found := next(filter(None, map(shutil.which, BROWSERS)), None):
        return found
    missing = f"there is no browser on the path: none of {', '.join(BROWSERS)}"
    if os.environ.get(NEEDED):
        pytest.fail(f"{missing}, and {NEEDED} is set")
    pytest.skip(missing)


def inspected(pages: Mapping[str, str], folder: Path) -> dict[str, list[str]]:
    """What is wrong with each page, in sentences; the pages are written into a folder."""
    executable = command()

    async def all_of_them() -> list[list[str]]:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=executable, chromium_sandbox=False)
            at_once = asyncio.Semaphore(AT_ONCE)
            plain = await browser.new_context(java_script_enabled=False, offline=True)
            scripted = await browser.new_context(offline=True)
            return await asyncio.gather(*(inspect(plain, scripted, at_once, path) for path in paths))

    paths = [folder / f"{name.replace(' ', '-')}.html" for name in pages]
    for path, text in zip(paths, pages.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return dict(zip(pages, asyncio.run(all_of_them()), strict=True))


async def inspect(
    plain: BrowserContext, scripted: BrowserContext, at_once: asyncio.Semaphore, path: Path
) -> list[str]:
    """What is wrong with a page."""
    found: list[str] = []
    words = []
    for context in (plain, scripted):
        scripts = context is scripted
        async with at_once, await context.new_page() as page:
            listen(page, found)
            await page.goto(path.as_uri())
            found.remove(f"it asks for {path.as_uri()}")
            await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            words.append(await page.inner_text("body"))
            if scripts:
                await page.evaluate(AXE)
            for width in WIDTHS:
                await page.set_viewport_size({"width": width, "height": 900})
                for scheme in SCHEMES:
                    await page.emulate_media(color_scheme=scheme)
                    said = barriers(page, only_colours=scheme == "dark") if scripts else cut_off(page)
                    found += [f"{width} px, {scheme}: {each}" for each in await said]
            if not scripts:
                found += [f"on paper: {each}" for each in await printed(page)]
    if words[0] != words[1]:
        found.append("it says something else without scripts")
    return found


def listen(page: Page, found: list[str]) -> None:
    """Note what a page asks for, and what goes wrong in it."""
    page.on("console", lambda said: found.append(f"it tells the console: {said.text}"))
    page.on("pageerror", lambda error: found.append(f"its script fails: {error.message}"))
    page.on("request", lambda asked: found.append(f"it asks for {asked.url}"))


async def barriers(page: Page, *, only_colours: bool) -> list[str]:
    """What axe-core finds, with the first place of each."""
    if await page.evaluate("getComputedStyle(document.body).backgroundColor") == TRANSPARENT:
        return ["it has no background"]  # axe-core would take it for a white one
    asked = (CONTRASTS,) if only_colours else (CONTRASTS, OTHERS)
    return [
        f"{each['id']}, {len(each['nodes'])} times, such as {each['nodes'][0]['html'][:200]}"
        for rules in asked
        for each in await page.evaluate(rules)
    ]


async def cut_off(page: Page, *, may_scroll: bool = True) -> list[str]:
    """What can't be seen; parts of a page may scroll on a screen."""
    return [f"cut off: {each}" for each in await page.evaluate(CUT, may_scroll)]


async def printed(page: Page) -> list[str]:
    """What is wrong with a page on paper, as wide as it says that the paper is."""
    landscape = "landscape" in await page.inner_html("head")
    await page.emulate_media(media="print", color_scheme="light")
    await page.set_viewport_size({"width": PAPER["landscape" if landscape else "portrait"], "height": 900})
    found = await cut_off(page, may_scroll=False)
    margin: PdfMargins = {"top": "10mm", "right": "10mm", "bottom": "10mm", "left": "10mm"}
    paper = await page.pdf(format="A4", margin=margin, prefer_css_page_size=True)
    return found if re.search(rb"/Type ?/Page\b", paper) else [*found, "it has no pages"]


def test_no_page_shuts_anyone_out(tmp_path: Path) -> None:
    """Whatever the screen and the colours; nothing is loaded or cut off, and no script is missed."""
    assert {name: found for name, found in inspected(written(), tmp_path).items() if found} == {}


SOUND = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A page</title>
<style>
body { background: #fff; color: #222 } .scroll { overflow-x: auto }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }
</style>
</head>
<body><main><h1>A page</h1><p>It is sound.</p></main></body>
</html>
"""
WORD = "a_long_word_" * 10
LINE = "a_long_line_" * 60
NARROW = "@media (width < 600px) { h1 { color: #bbb } }"
ELSEWHERE = "https://example.org/x"
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
PLANTED = (
    {
        "pale words": ("<p>", '<p style="color: #aaa">', "1200 px, light: color-contrast"),
        "pale words in the dark": ("color: #eee", "color: #333", "1200 px, dark: color-contrast"),
        "pale words on narrow screens": (
            "</style>",
            f"{NARROW}</style>",
            "390 px, light: color-contrast, 1 times, such as <h1",
        ),
        "a picture without words": ("</p>", f'</p><img src="{PIXEL}">', "390 px, light: image-alt"),
        "no language": (' lang="en"', "", "390 px, light: html-has-lang"),
        "what no key scrolls": ("</p>", f'</p><div class="scroll">{LINE}</div>', "scrollable-region-focusable"),
    },
    {"no background": ("background: #fff;", "", "390 px, light: it has no background")},
    {"a wide table": ("</p>", f"</p><table><tr><td>{WORD}</td></tr></table>", "390 px, light: cut off: TABLE")},
    {"a long word": ("sound", LINE, "1200 px, dark: cut off: It is a_long")},
    {
        "what spills": (
            "</p>",
            f'</p><div style="width: 1px">d{LINE}</div>',
            "390 px, light: cut off: what div can't hold",
        ),
        "what is hidden": ("</p>", f'</p><div style="overflow: hidden">b{LINE}</div>', "light: cut off: ba_long"),
        "what scrolls on paper": ("</p>", f'</p><div class="scroll">c{LINE}</div>', "on paper: cut off: ca_long"),
        "a style from elsewhere": ("<style>", f'<link rel="stylesheet" href="{ELSEWHERE}.css"><style>', "x.css"),
        "a picture from elsewhere": ("<style>", f"<style>main {{ background: url({ELSEWHERE}.png) }}", "x.png"),
        "words of a script": ("</p>", "</p><script>document.write('one more')</script>", "without scripts"),
        "a script that fails": ("</p>", "</p><script>gone()</script>", "its script fails: gone is not defined"),
    },
)
"""What of the sound page becomes what, and what must be said then, a page each."""


def test_each_planted_fault_is_found(tmp_path: Path) -> None:
    """And nothing is found on a page without one."""
    pages = {"sound": SOUND}
    for number, faults in enumerate(PLANTED):
        pages[f"planted {number}"] = SOUND
        for before, after, _ in faults.values():
            pages[f"planted {number}"] = pages[f"planted {number}"].replace(before, after, 1)
    sound, *planted = inspected(pages, tmp_path).values()
    assert sound == []
    for said, faults in zip(planted, PLANTED, strict=True):
        assert [name for name, (*_, words) in faults.items() if not any(words in each for each in said)] == [], (
            said
        )
