"""A pytest plugin that notes each call of the checks, with its answer: for cases that are recorded.

It answers for the sandbox: the submission, which is the reference, runs beside the checks.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from tests.harness.checks import Check
from tests.harness.contract import RETURNS
from tests.harness.direct import DirectBackend
from tests.harness.plain import conform
from tests.harness.student import Backend
from tests.recorded import literal


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --record."""
    parser.getgroup("grader").addoption("--record", metavar="FILE", help="append each call to FILE, a case a line")


@pytest.hookimpl(tryfirst=True)
def pytest_student_backend(config: pytest.Config, check: Check, scratch: Path) -> AbstractContextManager[Backend]:
    """One that notes calls."""
    backend = DirectBackend(Path(config.getoption("--submission")), scratch, check.limits)
    return nullcontext(Recording(backend, check.task, Path(config.getoption("--record"))))


class Recording:
    """A backend that notes calls of functions whose arguments are plain: `(task, path, args, kwargs, answer)`."""

    def __init__(self, backend: DirectBackend, task: str, file: Path) -> None:
        self._backend = backend
        self._task = task
        self._file = file

    def invoke(self, path: str, handle: int | None, args: list[Any], kwargs: dict[str, Any], keep: bool) -> Any:
        """Call, and note it."""
        value = self._backend.invoke(path, handle, args, kwargs, keep)
        if handle is None and not keep:
            self._note(path, tuple(args), kwargs, value)
        return value

    def _note(self, path: str, args: tuple[Any, ...], kwargs: dict[str, Any], value: Any) -> None:
        try:
            line = literal((self._task, path, args, kwargs, conform(value, RETURNS[path])))
        except ValueError:
            return  # a function, a tensor, not a number
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def used_mib(self) -> float | None:
        """Nothing is told of it here."""
        return None

    def seconds(self) -> float:
        """The clock."""
        return perf_counter()

    def pull(self, handle: int, count: int) -> tuple[list[Any], bool]:
        """Take items; iterators are not recorded."""
        return self._backend.pull(handle, count)

    def file(self, name: str, content: bytes) -> str:
        """Write a file; calls with paths are recorded too, and left out later."""
        return self._backend.file(name, content)
