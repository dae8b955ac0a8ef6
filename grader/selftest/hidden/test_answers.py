"""Whatever plain data a submission answers with, a check tells it right or wrong, and never fails itself."""

from __future__ import annotations

import random
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import pytest

from grader.grading import Options, grade
from grader.model import Verdict
from grader.proofs import specimen
from tests.harness.contract import RETURNS, Handle, Lazy
from tests.harness.tasks import CHOSEN

VALUES = {
    int: ["0", "1", "-1", "2", "255", "256", "300", "10**30", "1 << 8_191", "-(1 << 8_191)", "1 << 100_000"],
    float: [f"float('{value}')" for value in (0.0, -0.0, 1.0, -1.5, 1e300, "inf", "nan")],
    str: ["''", "'a'", "'▁'", "'[UNK]'", "'fp32'", "'x' * 50", "'\\0\\x1b[2J\\u202e' * 9_999"],
    bytes: ["b''", "b'a'", "b'\\xff'", "b'x' * 99_999"],
    bool: ["True", "False"],
}
"""Expressions."""


def answer(contract: Any, chance: random.Random) -> str:
    """An expression of some value that conforms to the contract."""
    origin, parts = get_origin(contract), get_args(contract)
    if origin is UnionType:
        return "None" if chance.random() < 0.3 else answer(next(p for p in parts if p is not NoneType), chance)
    if origin is list:
        return f"[{', '.join(answer(parts[0], chance) for _ in range(chance.choice([0, 1, 2, 5])))}]"
    if origin is tuple:
        return f"({', '.join(answer(part, chance) for part in parts)},)"
    if origin is dict:
        pairs = [
            f"{answer(parts[0], chance)}: {answer(parts[1], chance)}" for _ in range(chance.choice([0, 1, 4]))
        ]
        return "{" + ", ".join(pairs) + "}"
    return chance.choice(VALUES[contract])


def submission(root: Path, seed: int) -> Path:
    """A submission whose functions answer anything that conforms, whatever they are asked."""
    chance, modules = random.Random(seed), dict[str, list[str]]()
    for path, returns in RETURNS.items():
        module, *names = path.split(".")
        if returns is Handle:
            continue
        given = answer(returns.item if isinstance(returns, Lazy) else returns, chance)
        value = f"iter([{given}] * 3)" if isinstance(returns, Lazy) else given
        if len(names) == 1:
            modules.setdefault(module, []).append(f"def {names[0]}(*args, **kwargs): return {value}")
        else:
            holder = f"class {names[0]}:\n    def __init__(self, *args): pass"
            holder += "\n    @classmethod\n    def from_files(cls, *args): return cls()"
            lines = modules.setdefault(module, [])
            lines += [holder] * (holder not in lines)
            lines.append(f"{names[0]}.{names[1]} = lambda *args: {value}")
    (root / "assignment").mkdir(parents=True)
    for module, lines in modules.items():
        (root / "assignment" / f"{module}.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


@pytest.mark.parametrize("seed", range(4))
def test_no_answer_is_a_fault_of_the_graders(seed: int, tmp_path: Path) -> None:
    """Values of the right types and nothing else right: points are lost, and there is a score."""
    report = grade(submission(tmp_path / "s", seed), Options(isolation="none"))
    assert [(c.id, c.message) for c in report.checks if c.verdict is Verdict.GRADER_FAULT] == []
    assert {check.task for check in report.checks if not check.verdict.earns} == set(CHOSEN.tasks)


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


@pytest.mark.thorough  # a minute each; at each push, answers of other kinds are tried
@pytest.mark.parametrize("shorter", [True, False])
def test_no_length_of_an_answer_makes_the_grader_fail(shorter: bool, tmp_path: Path) -> None:
    """Right answers that are one item short or long are judged, too."""
    root = specimen.compose(specimen.load("reference"), tmp_path)
    for module in sorted({path.split(".")[0] for path in RETURNS}):
        names = [path.split(".")[1] for path in RETURNS if path.startswith(f"{module}.") and path.count(".") == 1]
        names = [name for name in names if name.islower()]
        with (root / "assignment" / f"{module}.py").open("a", encoding="utf-8") as file:
            file.write(CLIPPED.format(names=names, shorter=shorter))
    report = grade(root, Options(isolation="none", check_seconds=5))
    assert [check.message for check in report.checks if check.verdict is Verdict.GRADER_FAULT] == []
