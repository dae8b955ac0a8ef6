"""Answers of the right type and of any value: whatever is wrong with them is the submission's fault."""

from __future__ import annotations

from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import pytest

from grader import specimen
from grader.grade import Options, grade
from grader.model import Verdict
from tests.harness.contract import RETURNS, Handle, Lazy

STYLES: dict[str, dict[type, str]] = {
    "nothing": {int: "0", float: "0.0", str: "''", bytes: "b''", bool: "False"},
    "negative": {int: "-1", float: "-1.5", str: "'-1'", bytes: "b'-'", bool: "True"},
    "huge": {
        int: "1 << 100_000",
        float: "1e308",
        str: "'\\0\\x1b[2J' * 99_999",
        bytes: "b'x' * 99_999",
        bool: "True",
    },
    "tiny": {
        int: "-(1 << 100_000)",
        float: "float('nan')",
        str: "'\\u202e\\ufeff'",
        bytes: "b'\\xff'",
        bool: "False",
    },
    "infinite": {int: "1", float: "float('inf')", str: "'[UNK]'", bytes: "b' '", bool: "True"},
}
LENGTHS = {"nothing": 0, "negative": 1, "huge": 1_000, "tiny": 3, "infinite": 2}


def expression(contract: Any, style: str) -> str:
    """Source of a value that conforms."""
    origin, parts = get_origin(contract), get_args(contract)
    if origin is UnionType:
        inner = next(part for part in parts if part is not NoneType)
        return "None" if style == "nothing" else expression(inner, style)
    if origin is None:
        return STYLES[style][contract]
    if origin is list or parts[1:] == (...,):
        return f"[{expression(parts[0], style)}] * {LENGTHS[style]}"
    if origin is tuple:
        return f"({', '.join(expression(part, style) for part in parts)},)"
    if LENGTHS[style] == 0:
        return "{}"
    return f"{{{expression(parts[0], style)}: {expression(parts[1], style)}}}"


def modules(style: str) -> dict[str, str]:
    """The text of each module of a submission that answers in this style."""
    texts: dict[str, list[str]] = {}
    for path, returns in RETURNS.items():
        module, *names = path.split(".")
        body = texts.setdefault(module, [])
        if len(names) == 1 and returns is Handle:
            body.append(f"class {names[0]}:\n    def __init__(self, *args, **kwargs): pass")
            continue
        value = f"{names[0]}()" if returns is Handle else ""
        if isinstance(returns, Lazy):
            value = f"iter([{expression(returns.item, style)}] * {LENGTHS[style]})"
        value = value or expression(returns, style)
        if len(names) == 2:
            body.append(f"    def {names[1]}(*args, **kwargs): return {value}")
        else:
            body.append(f"def {names[0]}(*args, **kwargs): return {value}")
    return {module: "\n".join(lines) + "\n" for module, lines in texts.items()}


@pytest.mark.parametrize("style", STYLES)
def test_no_answer_makes_the_grader_fail(style: str, tmp_path: Path) -> None:
    """Every check judges it; none is the grader's fault."""
    (tmp_path / "assignment").mkdir()
    for module, text in modules(style).items():
        (tmp_path / "assignment" / f"{module}.py").write_text(text, encoding="utf-8")
    report = grade(tmp_path, Options(isolation="none", check_seconds=5))
    faults = [(check.id, check.message) for check in report.checks if check.verdict is Verdict.GRADER_FAULT]
    assert faults == []
    assert report.score is not None
    assert report.score < 20


CLIPPED = """

def _clipped(function, shorter):
    def clipped(*args, **kwargs):
        answer = function(*args, **kwargs)
        if isinstance(answer, dict):
            items = list(answer.items())
            return dict(items[:-1] if shorter else [*items, *((key * 2, value) for key, value in items[:1])])
        if isinstance(answer, list):
            return answer[:-1] if shorter else answer + answer[:1]
        return answer

    return clipped


for _name in {names}:
    globals()[_name] = _clipped(globals()[_name], {shorter})
"""


@pytest.mark.parametrize("shorter", [True, False])
def test_no_length_of_an_answer_makes_the_grader_fail(shorter: bool, tmp_path: Path) -> None:
    """Right answers that are one item short or long are judged, too."""
    root = specimen.compose(specimen.load("reference"), tmp_path)
    for module in modules("nothing"):
        names = [path.split(".")[1] for path in RETURNS if path.startswith(f"{module}.") and path.count(".") == 1]
        names = [name for name in names if name.islower()]
        with (root / "assignment" / f"{module}.py").open("a", encoding="utf-8") as file:
            file.write(CLIPPED.format(names=names, shorter=shorter))
    report = grade(root, Options(isolation="none", check_seconds=5))
    assert [check.message for check in report.checks if check.verdict is Verdict.GRADER_FAULT] == []
