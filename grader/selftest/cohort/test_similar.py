"""Copied code is found first, whatever it was made to look like, and independent code is not listed."""

from __future__ import annotations

import ast
import random
import shutil
import sys
from pathlib import Path

import pytest

from grader.cohort import Student, add, earlier, enroll, handed_in, opened, similar, similar_html
from grader.cohort.similar import independents
from grader.errors import UsageError
from grader.making import stubs

ALL = independents()
HELD_OUT = ("correct_from_the_handout", "correct_naive", "correct_numpy", "correct_recursive")
OTHERS = {name: code for name, code in ALL.items() if name not in HELD_OUT}


def disguised(text: str, seed: int = 1) -> str:
    """The same code with other names, in another order, without comments."""
    chance, tree = random.Random(seed), ast.parse(text)
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names = {name: f"x{chance.randrange(10**6)}" for name in sorted(stored)}
    names |= {node.arg: f"y{chance.randrange(10**6)}" for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = names[node.arg]
    defined = [each for each in tree.body if isinstance(each, ast.FunctionDef | ast.ClassDef)]
    rest = [each for each in tree.body if each not in defined]
    chance.shuffle(defined)
    tree.body = [*rest, *defined]
    return ast.unparse(tree)


def test_a_disguised_copy_is_found_first_and_independent_ones_are_not_listed() -> None:
    """Two modules with other names, in another order, among solutions in four styles, and stubs."""
    honest = {name: ALL[name] for name in HELD_OUT}
    untouched = {name.removesuffix(".py"): text for name, text in stubs.build().items()}
    copied = {m: disguised(honest["correct_from_the_handout"][m]) for m in ("bpe", "views")}
    class_ = {**honest, "stubs": untouched, "stubs too": untouched, "copy": {**untouched, **copied}}
    found = similar(class_, independent=OTHERS)
    assert [pair.owners for pair in found.pairs] == [("copy", "correct_from_the_handout")]
    [pair] = found.pairs
    assert {passage.module for passage in pair.passages} == {"bpe", "views"}
    assert pair.bits > 3 * max(found.baselines.values())
    assert min(share for passage in pair.passages for share in passage.shares) > 0.4
    assert found.compared == len(class_)
    group = similar(class_, [frozenset(pair.owners)], independent=OTHERS)
    assert group.pairs == ()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_on_all_processors_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on one of them."""
    code = {m: ALL["correct_recursive"][m] for m in ("words", "wordpiece")}
    class_ = {"ann": code, "bob": {m: disguised(text) for m, text in code.items()}}
    alone = similar(class_, independent=OTHERS)
    monkeypatch.setattr(sys.modules[similar.__module__], "MANY", 1)
    assert similar(class_, independent=OTHERS) == alone
    assert [pair.owners for pair in alone.pairs] == [("ann", "bob")]


def test_the_page_shows_both_sides_and_escapes_them() -> None:
    """What is shared is marked; whatever a student writes stays text."""
    code = ALL["correct_from_the_handout"]["bpe"]
    hostile = f"# <script>alert(1)</script>\n{code}"
    found = similar({"<b>ann</b>": {"bpe": hostile}, "bob": {"bpe": disguised(code)}}, independent=OTHERS)
    shown = similar_html(found)
    assert "<script>" not in shown
    assert "<b>ann" not in shown
    assert shown.count("<mark>") > 2
    assert 'href="#pair-1"' in shown
    assert "copied" not in shown
    assert similar_html(similar({}, independent=OTHERS)).count("<section") == 0


def test_another_year_and_what_is_too_large(tmp_path: Path) -> None:
    """An old solution is called by its place; a huge file is named and not compared; a second attempt counts."""
    code = ALL["correct_from_the_handout"]["bpe"]
    for place, text in (("now/ann", disguised(code)), ("now/bob", "x = 1\n" * 50_000), ("past/old", code)):
        (tmp_path / place / "assignment").mkdir(parents=True)
        (tmp_path / place / "assignment" / "bpe.py").write_text(text, encoding="utf-8")
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann"), Student("bob")])
        add(store, [tmp_path / "now"])
        solutions, together = handed_in(store)
    assert together == []
    found = similar(solutions | dict(earlier(tmp_path / "past")), independent=OTHERS)
    assert [pair.owners for pair in found.pairs] == [("ann", "past/old")]
    assert found.left_out == ("bob: bpe.py is larger than 200 KiB",)
    shutil.rmtree(tmp_path / "past" / "old")
    with pytest.raises(UsageError, match="looks like no class"):
        list(earlier(tmp_path / "past"))
