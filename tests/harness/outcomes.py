"""The vocabulary of a graded check: verdicts, and what a submission can do to a call.

This module knows nothing of pytest, sandboxes or scores. Both sides use it: the student's
in-process run and the grader's isolated one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

GRADER_FAULT_TEXT = "the grader failed in this check, which is not your fault: "

BRACKETS = str.maketrans("()", "[]")


def as_said(text: str) -> str:
    """What counts of a message.

    >>> as_said("No Shape (5,)") == as_said("no shape [5]")
    True
    >>> "[]" in as_said("min() arg is an empty sequence")
    False
    """
    calls_left_out = re.sub(r"(?<=\w)\(\)", "", text.casefold())
    return calls_left_out.translate(BRACKETS).replace(",]", "]")


class Verdict(StrEnum):
    """What became of one check.

    `GRADER_FAULT` is ours, never the student's: a report that holds one has no score.

    >>> Verdict("PASSED").earns
    True
    """

    PASSED = "PASSED"
    FAILED = "FAILED"
    NOT_WRITTEN = "NOT_WRITTEN"
    CRASHED = "CRASHED"
    TIMEOUT = "TIMEOUT"
    MEMORY = "MEMORY"
    OUTPUT = "OUTPUT"
    SKIPPED = "SKIPPED"
    GRADER_FAULT = "GRADER_FAULT"

    @property
    def earns(self) -> bool:
        """Whether the check's points are earned."""
        return self is Verdict.PASSED


class Feedback(StrEnum):
    """What a student is told of a lost check, from the least to the most."""

    COUNT = "count"
    """How many of the task's checks were lost, and not which."""
    CATEGORY = "category"
    """The verdict, and where the handout says what is asked."""
    INPUT = "input"
    """That, and the call with the files that it was given."""
    FULL = "full"
    """The whole diagnosis."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one check may use. Units are in the names; 1 MiB is 2**20 bytes.

    `memory_mib` bounds the check as a whole, all its processes together; `wall_s` runs from the first
    import of the submission, so a hang at import counts. `cpu_s`, `open_files`, `file_mib` (the size of a file)
    and `stack_mib` are each process's own; a thread counts as one of `processes`. `files` and `disk_mib` are what
    it may have on disk at a time, `answer_mib` one answer and `answers_mib` all of them.
    """

    wall_s: float = 20.0
    cpu_s: int = 40
    memory_mib: int = 2048
    processes: int = 64
    output_kib: int = 1024
    disk_mib: int = 256
    file_mib: int = 64
    files: int = 8_192
    open_files: int = 128
    stack_mib: int = 8
    processors: int = 2
    answer_mib: int = 1
    answers_mib: int = 32


class Stopped(BaseException):
    """A call ended without an answer that could be compared. `where` are the lines at which it was, if known.

    A `BaseException`, so that neither a check nor a property-based engine mistakes it for an ordinary
    failure and tries again.
    """

    def __init__(self, verdict: Verdict, message: str, where: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.message = message
        self.where = tuple(where)


class StudentError(Exception):
    """The submission raised. Carries plain text only, never the student's exception object.

    `kinds` are the built-in classes that the exception is of, the nearest first, which is also its `kind`; `where`
    are lines of the submission, the outermost first, such as `bpe.py:41 in train_bpe: return best`.
    """

    def __init__(self, kinds: Sequence[str], text: str, where: Sequence[str] = ()) -> None:
        super().__init__(f"{kinds[0]}: {text}" if text else kinds[0])
        self.kinds = tuple(kinds)
        self.kind = kinds[0]
        self.text = text
        self.where = tuple(where)
        self.due: tuple[list[str], list[str]] | None = None

    def is_due(self, kinds: Sequence[str], words: Sequence[str]) -> bool:
        """Whether it is of one of these classes, and its message names one of these words; note that it was asked.

        Upper and lower case are the same there, and so are brackets and parentheses.

        >>> StudentError(["KeyError", "LookupError"], "no Shape (5,)").is_due(["LookupError"], ["shape [5]"])
        True
        """
        self.due = [*kinds], [*words]
        right = not {*kinds}.isdisjoint(self.kinds)
        return right and any(as_said(word) in as_said(self.text) for word in words)


class NotPlain(Exception):
    """The submission answered with something that is not plain data; the message says where and what."""


class Altered(Exception):
    """The submission changed a list or a dict that it was given.

    `argument` is the argument's place from 0 on, or its name; `after`, in text, what became of it.
    """

    def __init__(self, argument: int | str, after: str) -> None:
        which = f"argument {argument + 1}" if isinstance(argument, int) else f"the argument {argument}"
        super().__init__(f"{which} was changed: {after}")
        self.which = which
        self.after = after
