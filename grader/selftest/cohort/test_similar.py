"""Copied code is found first, whatever it was made to look like, and independent code is not listed."""

from __future__ import annotations

import ast
import random
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.cohort import Solution, Student, add, earlier, enroll, handed_in, opened, similar, similar_html
from grader.cohort.similar import Code, independents
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


def solutions(codes: Mapping[str, Code]) -> list[Solution]:
    """Of one student each."""
    return [Solution(name, code, name) for name, code in codes.items()]


def test_a_disguised_copy_is_found_first_and_independent_ones_are_not_listed() -> None:
    """Two modules with other names, in another order, among solutions in four styles, and stubs."""
    honest = {name: ALL[name] for name in HELD_OUT}
    untouched = {name.removesuffix(".py"): text for name, text in stubs.build().items()}
    copied = {m: disguised(honest["correct_from_the_handout"][m]) for m in ("bpe", "views")}
    class_ = {**honest, "stubs": untouched, "stubs too": untouched, "copy": {**untouched, **copied}}
    found = similar(solutions(class_), independent=OTHERS)
    assert [pair.owners for pair in found.pairs] == [("copy", "correct_from_the_handout")]
    [pair] = found.pairs
    assert [passage.called for passage in pair.passages][:2] == ["bpe.py", "views.py"]
    assert pair.bits > 3 * max(found.baselines.values())
    assert min(share for passage in pair.passages[:2] for share in passage.shares) > 0.4
    assert found.compared == len(class_)
    group = similar(solutions(class_), [frozenset(pair.owners)], independent=OTHERS)
    assert group.pairs == ()


def test_a_copy_is_found_wherever_it_stands_and_however_many_have_it() -> None:
    """In files of other names; in a class of nine of which five have the same; the same list each time."""
    words, pieces = (ALL["correct_recursive"][module] for module in ("words", "wordpiece"))
    moved = {"_help": disguised(words), "words": "from assignment._help import *\n"}
    both = similar(solutions({"ann": {"words": words}, "bob": moved}), independent=OTHERS)
    assert [(pair.owners, pair.passages[0].called) for pair in both.pairs] == [
        (("ann", "bob"), "words.py and _help.py")
    ]
    helped = {name: {"_help": disguised(pieces, seed)} for seed, name in enumerate(("ann", "bob"))}
    assert [pair.owners for pair in similar(solutions(helped), independent=OTHERS).pairs] == [("ann", "bob")]
    alone = {f"own {name}": {"words": code["words"]} for name, code in ALL.items() if name in HELD_OUT[:1]}
    ring = {f"ring {n}": {"words": disguised(words, n)} for n in range(5)}
    found = similar(solutions({**alone, **ring}), independent=OTHERS, most=4)
    assert {name for pair in found.pairs for name in pair.owners} <= {*ring}
    assert (len(found.pairs), found.more) == (4, 6)
    assert similar(solutions({**alone, **ring}), independent=OTHERS, most=4) == found


def test_marks_stand_where_the_code_is_alike() -> None:
    """Whatever ends a line, and wherever the text begins."""
    code = ALL["correct_recursive"]["words"]
    windows = "\ufeff\r\n\r\n" + code.replace("\n", "\r\n")
    [pair] = similar(solutions({"ann": {"words": code}, "bob": {"words": windows}}), independent=OTHERS).pairs
    [passage] = pair.passages
    assert passage.texts[0] == passage.texts[1]
    assert passage.slices[0] == passage.slices[1]


def test_all_attempts_are_compared_and_groups_and_other_years_are_not(tmp_path: Path) -> None:
    """A copy that was handed in first; members of a group who went on alone; two years with one file name."""
    code = ALL["correct_recursive"]["words"]
    mine, other = disguised(code), ALL["correct_from_the_handout"]["words"]

    def download(place: str, **texts: str) -> Path:
        for name, text in texts.items():
            (tmp_path / place / name / "assignment").mkdir(parents=True)
            (tmp_path / place / name / "assignment" / "words.py").write_text(text, encoding="utf-8")
        return tmp_path / place

    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student(name) for name in ("ann", "bob", "cat", "dan")])
        add(store, [download("first", ann=mine, cat=other)], [("cat", "cat"), ("cat", "dan")])
        add(store, [download("second", ann="x = 1\n", bob=disguised(code, 2), cat=f"# mine\n{other}")])
        found, together = handed_in(store)
    result = similar(found, together, independent=OTHERS)
    assert [pair.owners for pair in result.pairs] == [("ann, attempt 1", "bob")]
    years = [download(f"{year}/submissions", old=f"# {year}\n{code}") for year in (2024, 2025)]
    past = [*earlier(years)]
    assert len({each.name for each in past}) == 2
    listed = {pair.owners for pair in similar([*found, *past], together, independent=OTHERS).pairs}
    assert {name for pair in listed for name in pair} >= {each.name for each in past}
    assert tuple(sorted(each.name for each in past)) not in listed


def test_the_page_shows_both_sides_and_escapes_them() -> None:
    """What is shared is marked; whatever a student writes stays text."""
    code = ALL["correct_from_the_handout"]["bpe"]
    hostile = f"# <script>alert(1)</script>\n{code}"
    found = similar(
        solutions({"<b>ann</b>": {"bpe": hostile}, "bob": {"bpe": disguised(code)}}), independent=OTHERS
    )
    shown = similar_html(found)
    assert "<script>" not in shown
    assert "<b>ann" not in shown
    assert shown.count("<mark>") > 2
    assert 'href="#pair-1"' in shown
    assert "copied" not in shown
    assert similar_html(similar([], independent=OTHERS)).count("<section") == 0


def test_another_year_and_what_is_too_large(tmp_path: Path) -> None:
    """An old solution is called by its place; a huge file is named and not compared; a second attempt counts."""
    code = ALL["correct_from_the_handout"]["bpe"]
    for place, text in (("now/ann", disguised(code)), ("now/bob", "x = 1\n" * 50_000), ("past/old", code)):
        (tmp_path / place / "assignment").mkdir(parents=True)
        (tmp_path / place / "assignment" / "bpe.py").write_text(text, encoding="utf-8")
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann"), Student("bob")])
        add(store, [tmp_path / "now"])
        found, together = handed_in(store)
    assert together == []
    result = similar([*found, *earlier([tmp_path / "past"])], independent=OTHERS)
    assert [pair.owners for pair in result.pairs] == [("ann", "past/old")]
    assert result.left_out == ("bob: bpe.py is larger than 200 KiB",)
    shutil.rmtree(tmp_path / "past" / "old")
    with pytest.raises(UsageError, match="looks like no class"):
        list(earlier([tmp_path / "past"]))
