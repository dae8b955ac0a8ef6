"""The `student` fixture: `student.bpe.train_bpe(...)` calls the submission, wherever it runs.

What comes back is plain data that conforms to the contract, a proxy of an object, or a lazy iterator.
How the call gets there is a backend's business: in this process, or through the grader's sandbox.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Protocol

from tests.harness.contract import RETURNS, Handle, Lazy
from tests.harness.outcomes import NotPlain, Stopped, StudentError, Verdict
from tests.harness.plain import conform, short

TAKE = 4096


class Backend(Protocol):
    """Carries calls to a submission. One backend serves one check, and is fresh when the check starts.

    Every method may raise StudentError (the submission raised), NotPlain (it answered with something else
    than plain data) or Stopped (it answered nothing).
    """

    def used_mib(self) -> float | None:
        """The memory that the submission takes now; None where the system does not tell."""

    def invoke(self, path: str, handle: int | None, args: list[Any], kwargs: dict[str, Any], keep: bool) -> Any:
        """Call `module.function`, or a method of the object behind `handle`; `keep` asks for a handle.

        Raises Altered, too: a list or dict that was given is another after the call.
        """

    def pull(self, handle: int, count: int) -> tuple[list[Any], bool]:
        """Up to `count` further items of an iterator, and whether it has ended."""

    def file(self, name: str, content: bytes) -> str:
        """Put an input file where the submission can read it, and give its path."""


class Call:
    """What was called, as it is shown to the student."""

    def __init__(self) -> None:
        self._recent: deque[tuple[object, str]] = deque(maxlen=64)
        self.text = ""

    def clear(self) -> None:
        """Forget all: a check begins, and what another was answered is none of its business."""
        self._recent.clear()
        self.text = ""

    def remember(self, value: object, text: str) -> None:
        """Note that the call shown as `text` gave `value`, and the parts of it if a tuple."""
        self.text = text
        parts = value if isinstance(value, tuple) else ()
        self._recent.extend((part, text) for part in (*parts, value) if part is not None)

    def that_gave(self, value: object) -> str:
        """The latest call that gave this very object, or else the latest call."""
        return next((text for given, text in reversed(self._recent) if given is value), self.text)


class Student:
    """Modules of the submission as attributes; see the module's docstring."""

    def __init__(self, backend: Backend, calls: Call) -> None:
        self._backend = backend
        self._calls = calls
        self._names: dict[str, str] = {}

    def __getattr__(self, module: str) -> _Callable:
        _known(module)
        return _Callable(self, module, None, "")

    def used_mib(self) -> float | None:
        """MiB of memory that the submission takes now; None where the system does not tell."""
        return self._backend.used_mib()

    def file(self, name: str, content: str | bytes) -> str:
        """Write an input file (text as UTF-8, line ends as they are), and return its path."""
        raw = content.encode() if isinstance(content, str) else content
        path = self._backend.file(name, raw)
        self._names[path] = name
        return path

    def _call(
        self, path: str, handle: int | None, shown: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        text = f"{shown}({self._show(args, kwargs)})"
        self._calls.text = text
        returns = RETURNS[path]
        keep = returns is Handle or isinstance(returns, Lazy)
        try:
            value = self._backend.invoke(path, handle, list(args), kwargs, keep)
            if returns is Handle:
                return _Object(self, path.split(".")[:2], int(value), f"{path.split('.')[1]}(...)")
            if isinstance(returns, Lazy):
                return LazyResult(self._backend, int(value), returns.item, text, self._calls)
            result = conform(value, returns)
        except StudentError as error:
            raise _stub_or(error) from error.__cause__
        self._calls.remember(result, text)
        return result

    def _show(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        shown = [self._show_one(arg) for arg in args]
        return ", ".join(shown + [f"{name}={self._show_one(value)}" for name, value in kwargs.items()])

    def _show_one(self, value: Any) -> str:
        if isinstance(value, str) and value in self._names:
            return repr(PurePath(self._names[value]).name)
        if isinstance(value, Iterator):
            return "<iterator>"
        return "<function>" if callable(value) else short(value, 60)


def _known(path: str) -> None:
    """Only what stands in the contract can be reached; the rest is an attribute that is not there."""
    if not any(name == path or name.startswith(f"{path}.") for name in RETURNS):
        raise AttributeError(f"{path!r} is not in tests/harness/contract.py")


def _stub_or(error: StudentError) -> BaseException:
    if error.kind == "NotImplementedError":
        return Stopped(Verdict.NOT_WRITTEN, error.text)
    return error


class _Callable:
    """A module, class, function or bound method by name; calling it calls the submission."""

    def __init__(self, student: Student, path: str, handle: int | None, shown: str) -> None:
        self._student = student
        self._path = path
        self._handle = handle
        self._shown = shown

    def __getattr__(self, name: str) -> _Callable:
        _known(f"{self._path}.{name}")
        return _Callable(self._student, f"{self._path}.{name}", None, f"{self._shown}.{name}".lstrip("."))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student._call(self._path, self._handle, self._shown, args, kwargs)


class _Object:
    """An object that lives with the submission: attributes are its methods."""

    def __init__(self, student: Student, path: list[str], handle: int, shown: str) -> None:
        self._student = student
        self._path = path
        self._handle = handle
        self._shown = shown

    def __getattr__(self, name: str) -> _Callable:
        path = ".".join([*self._path, name])
        _known(path)
        return _Callable(self._student, path, self._handle, f"{self._shown}.{name}")


class LazyResult:
    """An iterator of the submission: `next` pulls exactly one item, `rest` all that are left."""

    def __init__(self, backend: Backend, handle: int, item: Any, shown: str, calls: Call) -> None:
        self._backend = backend
        self._handle = handle
        self._item = item
        self._shown = shown
        self._calls = calls

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        items, _ = self._pull(1)
        if not items:
            raise StopIteration
        return items[0]

    def rest(self, limit: int = 2_000_000) -> list[Any]:
        """All items that are left, pulled in batches; more than `limit` of them count as endless."""
        items: list[Any] = []
        ended = False
        while not ended:
            batch, ended = self._pull(TAKE)
            items += batch
            if len(items) > limit:
                raise NotPlain(f"an iterator of more than {limit:,} items")
        self._calls.remember(items, f"list({self._shown})")
        return items

    def _pull(self, count: int) -> tuple[list[Any], bool]:
        self._calls.text = self._shown
        try:
            items, ended = self._backend.pull(self._handle, count)
        except StudentError as error:
            raise _stub_or(error) from error.__cause__
        return [conform(item, self._item, "an item") for item in items], ended


class Feed:
    """An iterator handed to a submission, which counts what has been taken from it.

    >>> feed = Feed(["a", "b"]); next(feed), feed.taken
    ('a', 1)
    """

    def __init__(self, items: Any) -> None:
        self._items = iter(items)
        self.taken = 0

    def __iter__(self) -> Feed:
        return self

    def __next__(self) -> Any:
        item = next(self._items)
        self.taken += 1
        return item
