"""Checks that were passed before, asked again without being run: the same questions, and the same answers.

What a check asks depends on nothing but the answers to what it asked before, and so does its verdict. So when a
submission has passed it, and another one gives the same answers to the same questions, byte for byte, then that
one passes, too. Where an exception is due, one that says the same in other words is the same answer. This spares
drawing examples and working out what is right. At the first answer that differs, the check is run as if nothing
had been asked, in a fresh process. Questions are sent one by one: a later one often tells an earlier answer.

Kept are questions and answers of isolated submissions alone, whose code can't come near these files. Not kept is a
check that measures time or memory, or sends or gets very much.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import cbor2

from tests.files import write_whole
from tests.harness.outcomes import StudentError

MOST_BYTES = 8 << 20
"""Of what a check asks and is answered."""


class Step(NamedTuple):
    """A question as it is sent; what was called back meanwhile, and what that got; the answer.

    Where an exception is the answer, `due` is what it had to be, (names of classes, words of its message), and how
    it was said is not kept.
    """

    question: bytes
    calls: list[tuple[bytes, bytes]]
    answer: bytes
    due: tuple[list[str], list[str]] | None = None

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return len(self.question) + len(self.answer) + sum(len(asked) + len(got) for asked, got in self.calls)


@dataclass(slots=True)
class Talk:
    """What a check asks and is answered, in turn, until something makes that useless."""

    steps: list[Step] = field(default_factory=list)
    took_s: float = 0.0
    useless: bool = False
    _size: int = 0
    _raised: StudentError | None = None

    def add(self, step: Step, raised: StudentError | None = None) -> None:
        """One more, which has raised this."""
        self.settle()
        self._raised = raised
        self._size += step.size
        self.useless |= self._size > MOST_BYTES
        if self.useless:
            self.steps.clear()
        else:
            self.steps.append(step)

    def settle(self) -> None:
        """See what was made of the latest exception: only where it was due does it tell all that was looked at."""
        raised, self._raised = self._raised, None
        if raised is not None:
            self.useless |= raised.due is None
            if raised.due and not self.useless:
                self.steps[-1] = self.steps[-1]._replace(answer=b"", due=raised.due)


class Talks:
    """Those of all checks that were passed, a file each in a folder of ours, which other gradings fill, too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, check: str) -> Talk | None:
        """That of a check, if it was passed before."""
        with contextlib.suppress(OSError, ValueError, TypeError, cbor2.CBORDecodeError):
            steps, took_s = cbor2.loads(self._file(check).read_bytes())
            return Talk([Step(*step) for step in steps], float(took_s))
        return None

    def keep(self, check: str, talk: Talk) -> None:
        """Keep it, unless there is one, or it is useless."""
        talk.settle()
        if not talk.useless and talk.steps and not self._file(check).exists():
            with contextlib.suppress(OSError):
                kept = [[list(step) for step in talk.steps], talk.took_s]
                write_whole(self._file(check), cbor2.dumps(kept))

    def _file(self, check: str) -> Path:
        return self._folder / f"{hashlib.sha256(check.encode()).hexdigest()[:32]}.cbor"
