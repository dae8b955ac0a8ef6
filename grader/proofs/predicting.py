"""A pytest plugin that notes what known mistakes would answer wherever checks name them: for the hints' own test.

The submission is the reference, which runs beside the checks.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.harness.checks import Check
from tests.harness.direct import DirectBackend
from tests.harness.expect import telling
from tests.harness.student import Backend, Call, Mistakes

MANY = 20
"""From so many inputs on, answers that are always alike, or one off, are no accident."""

Row = tuple[Any, dict[str, Any]]
"""The right answer of a call, and what mistakes would give."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --predict."""
    parser.getgroup("grader").addoption("--predict", metavar="FILE", help="write what hints don't tell to FILE")


class Predicting:
    """Notes answers, check by check."""

    def __init__(self) -> None:
        self.check = ""
        self.rows: dict[tuple[str, str], list[Row]] = defaultdict(list)

    def note(self, call: Call, answer: object, mistakes: Mistakes | None) -> None:
        """Work out what each mistake gives here."""
        function = call.that_gave(answer).partition("(")[0]
        given = {sentence: _given(give) for sentence, give in (mistakes or {}).items()}
        self.rows[self.check, function].append((answer, given))

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Check, function, and a sentence: always one off, or two that no input of the check tells apart."""
        for (check, function), rows in self.rows.items():
            sentences = list(dict.fromkeys(sentence for _, given in rows for sentence in given))
            for sentence in sentences:
                pairs = [(given[sentence], right) for right, given in rows if sentence in given]
                off = {wrong - right for wrong, right in pairs if type(wrong) is type(right) is int}
                if len(pairs) >= MANY and off and off < {-1, 1}:
                    yield check, function, sentence
            for one, other in combinations(sentences, 2):
                both = [(given[one], given[other], right) for right, given in rows if {one, other} <= given.keys()]
                wrong = [(a, b) for a, b, right in both if telling(a, right) or telling(b, right)]
                if len(wrong) >= MANY and all(a == b for a, b in wrong):
                    yield check, function, f"{one} | {other}"


def _given(give: Any) -> Any:
    try:
        return give()
    except ArithmeticError:
        return None


@pytest.hookimpl(tryfirst=True)
def pytest_student_backend(config: pytest.Config, check: Check, scratch: Path) -> AbstractContextManager[Backend]:
    """One that runs here."""
    config.stash[PREDICTING].check = check.id
    return nullcontext(DirectBackend(Path(config.getoption("--submission")), scratch, check.limits))


PREDICTING = pytest.StashKey[Predicting]()


def pytest_configure(config: pytest.Config) -> None:
    """Listen to each comparison."""
    predicting = config.stash[PREDICTING] = Predicting()
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(Call, "note", lambda call, answer, mistakes: predicting.note(call, answer, mistakes))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write what was found."""
    Path(config.getoption("--predict")).write_text(json.dumps([*config.stash[PREDICTING].faults()]))
