"""Recorded cases: a call with small inputs, the right answer, and what known mistakes answer.

`fixtures/answers/TASK.txt` holds one case a line, a Python tuple of plain literals:

    (path, arguments, named, answer, {sentence that names a mistake: what it answers})
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.harness import Student, expect, expect_answer, expect_close
from tests.harness.contract import RETURNS
from tests.harness.plain import short

ANSWERS = Path(__file__).parent.parent / "fixtures" / "answers"
FEW = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One call of `module.function`, its right answer, and known wrong ones."""

    path: str
    arguments: tuple[Any, ...]
    named: dict[str, Any]
    answer: Any
    mistakes: dict[str, Any]


def read(task: str) -> list[Case]:
    """The cases of a task, in order.

    >>> read("4.1")[0].path
    'flops.matmul_flops'
    """
    return [Case(*ast.literal_eval(line)) for line in (ANSWERS / f"{task}.txt").read_text("utf-8").splitlines()]


def compare(student: Student, task: str) -> None:
    """Ask for each case of a task, and fail with a diagnosis at the first that differs.

    Those that many mistakes answer alike come last, since they tell little.
    """
    for case in sorted(read(task), key=lambda case: len(case.mistakes) > FEW):
        module, function = case.path.split(".")
        with expect_answer(answer=short(case.answer)):
            got = getattr(getattr(student, module), function)(*case.arguments, **case.named)
        mistakes = {words: partial(_itself, answer) for words, answer in case.mistakes.items()}
        if close(case.path):
            expect_close(got, case.answer, "", mistakes)
        else:
            expect(got, case.answer, "", mistakes)


def _itself(answer: Any) -> Any:
    return answer


def close(path: str) -> bool:
    """Whether answers of this function are floats that may differ in their last digits, or dicts of such.

    >>> close("unigram.em_step"), close("floats.round_to_format"), close("flops.matmul_flops")
    (True, False, False)
    """
    return "float" in str(RETURNS[path]) and not path.startswith("floats.")


def literal(value: Any) -> str:
    """A value as `ast.literal_eval` reads it, infinities too.

    Raises:
        ValueError: some part of it is no plain literal, or not a number.

    >>> literal([float("-inf"), (b"a", 0.5), {1: None}])
    "[-1e999, (b'a', 0.5), {1: None}]"
    """
    match value:
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case tuple():
            return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
        case dict():
            return "{" + ", ".join(f"{literal(key)}: {literal(each)}" for key, each in value.items()) + "}"
    if type(value) not in (int, float, str, bytes, bool, type(None)) or value != value:
        raise ValueError(f"{value!r} is no plain literal")
    return {"inf": "1e999", "-inf": "-1e999"}.get(repr(value), ascii(value))
