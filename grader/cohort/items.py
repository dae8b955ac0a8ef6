"""What a class tells of the checks, and of what was misunderstood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from grader.cohort.statistics import Interval, around, correlation, share
from grader.model import CheckResult, Report, Verdict
from grader.proofs import specimen

APART = (Verdict.NOT_WRITTEN, Verdict.SKIPPED, Verdict.GRADER_FAULT)
"""Who has one of these has not tried a check, so he or she is not counted as wrong."""

WEAK = 0.1
"""A check with less discrimination separates nobody."""

TRY = f"  {'try':<9} "
MORE = " " * len(TRY)
"""How `tests.harness.expect` begins the last row of a diagnosis, and each further line of it."""

OTHER, PERHAPS = "or: ", "perhaps: "
"""What begins another sentence of several, and the first one where others give the same: then a hint follows."""


@dataclass(frozen=True, slots=True)
class Item:
    """A check, and what became of it in a class.

    `tried` students wrote what it asks for, and `passed` of them passed. `discrimination` is the correlation of
    passing it with the points of all other checks, None where one of the two doesn't vary. `caught` counts the
    planted mistakes that it must catch.
    """

    check: CheckResult
    tried: int
    passed: int
    not_written: int
    discrimination: float | None
    caught: int

    @property
    def facility(self) -> float | None:
        """The share that passed, of those who tried."""
        return self.passed / self.tried if self.tried else None

    @property
    def facility_interval(self) -> Interval | None:
        """Of the facility, 95 %."""
        return share(self.passed, self.tried)

    @property
    def discrimination_interval(self) -> Interval | None:
        """Of the discrimination, 95 %; None for too few students."""
        return None if self.discrimination is None else around(self.discrimination, self.tried)

    @property
    def separates(self) -> bool:
        """Whether those who pass it have more points elsewhere than those who lose it."""
        return self.discrimination is not None and self.discrimination >= WEAK

    @property
    def dead(self) -> bool:
        """Whether it tells nothing: it separates none of those who tried, and catches no planted mistake."""
        return self.tried > 1 and not self.separates and not self.caught


def items(reports: Sequence[Report], caught: Mapping[str, int]) -> list[Item]:
    """All checks of these reports, one for each student, the hardest first.

    Four students have lost or passed a check `x`, and have 4, 2, 2 and 0 points elsewhere. One has not tried.

    >>> def of(x, rest):
    ...     return Report("s", "", "", "none", (
    ...         CheckResult("1.1/x", "1.1", "", x, 0, 1, "", False, 0), CheckResult("1.1/y", "1.1", "",
    ...         Verdict.PASSED, rest, 4, "", False, 0)), None, ())
    >>> passed, lost = Verdict.PASSED, Verdict.FAILED
    >>> class_ = [of(passed, 4), of(passed, 2), of(lost, 2), of(lost, 0), of(Verdict.NOT_WRITTEN, 0)]
    >>> x, y = items(class_, {"1.1/x": 3})
    >>> x.facility, x.discrimination, x.not_written, x.separates, x.dead
    (0.5, 0.7071067811865475, 1, True, False)
    >>> y.facility, y.discrimination, y.dead
    (1.0, None, True)
    """
    found: dict[str, list[tuple[CheckResult, float]]] = {}
    for report in reports:
        total = sum(check.points for check in report.checks)
        for check in report.checks:
            found.setdefault(check.id, []).append((check, total - check.points))
    all_ = [_item(results, caught.get(id_, 0)) for id_, results in found.items()]
    return sorted(all_, key=lambda item: (2.0 if item.facility is None else item.facility, item.check.id))


def _item(results: Sequence[tuple[CheckResult, float]], caught: int) -> Item:
    tried = [(float(check.verdict.earns), rest) for check, rest in results if check.verdict not in APART]
    passes, rests = [passed for passed, _ in tried], [round(rest, 6) for _, rest in tried]
    not_written = sum(check.verdict is Verdict.NOT_WRITTEN for check, _ in results)
    last = results[-1][0]
    return Item(last, len(tried), int(sum(passes)), not_written, correlation(passes, rests), caught)


@cache
def _planted() -> tuple[specimen.Specimen, ...]:
    found = map(specimen.load, specimen.names())
    return tuple(each for each in found if each.kind == "misconception")


def caught_by(checks: Iterable[str]) -> Counter[str]:
    """How many planted mistakes each of these checks must catch: {check's id: how many}.

    >>> caught_by(["1.3/whole_texts_become_ids", "9.9/none"])["1.3/whole_texts_become_ids"] > 0
    True
    """
    known = set(checks)
    return Counter(check for each in _planted() for check in specimen.must_lose(each, known))


def advice(message: str) -> list[str]:
    r"""The sentences in the row `try` of a diagnosis: those that name known mistakes, or else a hint.

    >>> advice("f(1)\n  expected  2\n  got       3\n  try       it was rounded\n            or: it was cut")
    ['it was rounded', 'it was cut']
    >>> advice("f(1)\n  expected  2\n  got       1\n  try       perhaps: it was cut\n            a hint")
    ['it was cut']
    >>> advice("f(1)\n  expected  2\n  got       3")
    []
    """
    found: list[str] = []
    perhaps = False
    for line in message.split("\n"):
        if line.startswith(TRY):
            perhaps = line.startswith(TRY + PERHAPS)
            found = [line.removeprefix(TRY).removeprefix(PERHAPS)]
        elif found and line.startswith(MORE + OTHER):
            found.append(line.removeprefix(MORE + OTHER))
        elif found and not perhaps and line.startswith(MORE):
            found[-1] += f" {line.removeprefix(MORE)}"
    return found


@dataclass(frozen=True, slots=True)
class Misconception:
    """A sentence that diagnoses said, to whom, and by which checks; `planted` are the mistakes that it names."""

    sentence: str
    students: tuple[str, ...]
    checks: tuple[str, ...]
    planted: tuple[str, ...]


def misconceptions(reports: Mapping[str, Report]) -> list[Misconception]:
    """What diagnoses of {student's id: report} said, by the number of students whom they said it to.

    A sentence names a planted mistake when that one must lose the check, and its words are in the sentence. What
    differs in numbers only, and names the same, is said once.
    """
    said: dict[tuple[str, tuple[str, ...]], tuple[str, dict[str, None], dict[str, None]]] = {}
    for student, report in reports.items():
        for check in report.checks:
            if check.verdict is Verdict.FAILED:
                for sentence in advice(check.message):
                    key = _without_numbers(sentence), _named(sentence, check.id)
                    _, students, checks = said.setdefault(key, (sentence, {}, {}))
                    students[student] = checks[check.id] = None
    found = [
        Misconception(sentence, tuple(students), tuple(checks), planted)
        for (_, planted), (sentence, students, checks) in said.items()
    ]
    return sorted(found, key=lambda each: (-len(each.students), each.sentence))


@cache
def _named(sentence: str, check: str) -> tuple[str, ...]:
    """The planted mistakes whose words these are, or else are but for numbers."""
    may = [each for each in _planted() if each.message and specimen.must_lose(each, [check])]
    exactly = tuple(each.name for each in may if each.message in sentence)
    bare = _without_numbers(sentence)
    return exactly or tuple(each.name for each in may if _without_numbers(each.message) in bare)


def _without_numbers(words: str) -> str:
    return re.sub(r"-?\d[\d,.]*", "0", words)
