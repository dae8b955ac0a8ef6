"""The `student` fixture: `student.bpe.train_bpe(...)` calls the submission, wherever it runs.

What comes back is plain data that conforms to the contract, a proxy of an object, or a lazy iterator.
How the call gets there is a backend's business: in this process, or through the grader's sandbox.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from itertools import repeat
from pathlib import PurePath
from typing import Any, Protocol

from tests.harness.contract import RETURNS, Handle, Lazy
from tests.harness.outcomes import NotPlain, Stopped, StudentError, Verdict
from tests.harness.plain import conform, short
from tests.harness.text import one_line

Mistakes = Mapping[str, Callable[[], object]]
"""What a known mistake would have given: {the sentence that names it: a function that computes that}."""

TAKE = 4096
MOST_OF_A_CALL, MOST_OF_AN_OBJECT, MOST_OF_A_FILE = 300, 220, 200
"""Characters of what is shown whole: a call, how its object was made, a file that it was given."""

CUT = 60
"""Characters of an argument of a longer call, and of a longer file."""


MOST_NOTED = 4096
"""Answers of a check that a mistake must fit to be named."""


class Backend(Protocol):
    """Carries calls to a submission. One backend serves one check, and is fresh when the check starts.

    Every method may raise StudentError (the submission raised), NotPlain (it answered with something else
    than plain data) or Stopped (it answered nothing).
    """

    def used_mib(self) -> float | None:
        """The memory that the submission takes now; None where the system does not tell."""

    def seconds(self) -> float:
        """The clock, for a check that measures how long answers take: there is no other for it."""

    def invoke(self, path: str, handle: int | None, args: list[Any], kwargs: dict[str, Any], keep: bool) -> Any:
        """Call `module.function`, or a method of the object behind `handle`; `keep` asks for a handle.

        Raises Altered, too: a list or dict that was given is another after the call.
        """

    def pull(self, handle: int, count: int) -> tuple[list[Any], bool]:
        """Up to `count` further items of an iterator, and whether it has ended."""

    def file(self, name: str, content: bytes) -> str:
        """Put an input file where the submission can read it, and give its path."""


class Noted:
    """An answer of a function, right or wrong, and what known mistakes would have given."""

    def __init__(self, function: str, answer: object, mistakes: Mistakes) -> None:
        self.function = function
        self._answer, self._mistakes = answer, mistakes
        self._fits: dict[str, bool] = {}

    def fits(self, sentence: str, contradicts: Callable[[object, object], bool]) -> bool:
        """Whether a mistake may have given this answer; each is worked out once, when somebody asks."""
        if sentence in self._mistakes and sentence not in self._fits:
            self._fits[sentence] = not contradicts(self._mistakes[sentence](), self._answer)
        return self._fits.get(sentence, True)


class Call:
    """What was called, as it is shown to the student: one line, and a row for each file that it was given."""

    def __init__(self) -> None:
        self._recent: deque[tuple[object, str]] = deque(maxlen=64)
        self._noted: deque[Noted] = deque(maxlen=MOST_NOTED)
        self.text = ""

    def clear(self) -> None:
        """Forget all: a check begins, and what another was answered is none of its business."""
        self._recent.clear()
        self._noted.clear()
        self.text = ""

    def remember(self, value: object, text: str) -> None:
        """Note that the call shown as `text` gave `value`, and the parts of it if a tuple."""
        self.text = text
        parts = value if isinstance(value, tuple) else ()
        self._recent.extend((part, text) for part in (*parts, value) if part is not None)

    def that_gave(self, value: object) -> str:
        """The latest call that gave this very object, or else the latest call."""
        return next((text for given, text in reversed(self._recent) if given is value), self.text)

    def note(self, answer: object, mistakes: Mistakes | None) -> None:
        """Keep an answer, right or wrong, and what known mistakes would have given."""
        if mistakes:
            self._noted.append(Noted(self._function(answer), answer, mistakes))

    def noted(self, answer: object) -> list[Noted]:
        """What was noted of the function that gave this answer."""
        function = self._function(answer)
        return [each for each in self._noted if each.function == function]

    def _function(self, answer: object) -> str:
        return self.that_gave(answer).partition("(")[0]


class Student:
    """Modules of the submission as attributes; see the module's docstring."""

    def __init__(self, backend: Backend, calls: Call) -> None:
        self._backend = backend
        self._calls = calls
        self._files: dict[str, tuple[str, bytes]] = {}

    def __getattr__(self, module: str) -> _Callable:
        _known(module)
        return _Callable(self, module, None, "")

    def used_mib(self) -> float | None:
        """MiB of memory that the submission takes now; None where the system does not tell."""
        return self._backend.used_mib()

    def seconds(self) -> float:
        """A clock, to measure how long answers take."""
        return self._backend.seconds()

    def file(self, name: str, content: str | bytes) -> str:
        """Write an input file (text as UTF-8, line ends as they are), and return its path."""
        raw = content.encode() if isinstance(content, str) else content
        path = self._backend.file(name, raw)
        self._files[path] = PurePath(name).name, raw
        return path

    def _call(
        self,
        path: str,
        handle: int | None,
        shown: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        made: _Made | None = None,
    ) -> Any:
        call = self._shown(shown, args, kwargs, made)
        files = (made.files if made else "") + self._given_files(args, kwargs)
        text = self._calls.text = call + files
        returns = RETURNS[path]
        keep = returns is Handle or isinstance(returns, Lazy)
        try:
            value = self._backend.invoke(path, handle, list(args), kwargs, keep)
            if returns is Handle:
                whole = self._fitting(shown, args, kwargs, MOST_OF_AN_OBJECT)
                return _Object(self, path.split(".")[:2], int(value), _Made(whole, f"{shown}(...)", files))
            if isinstance(returns, Lazy):
                return LazyResult(self._backend, int(value), returns.item, (call, files), self._calls)
            result = conform(value, returns)
        except StudentError as error:
            raise _stub_or(error) from error.__cause__
        self._calls.remember(result, text)
        return result

    def _shown(self, shown: str, args: tuple[Any, ...], kwargs: dict[str, Any], made: _Made | None) -> str:
        """A call as it can be repeated; a long one has its longest arguments cut, then how its object was made."""
        if made is None:
            return self._fitting(shown, args, kwargs, MOST_OF_A_CALL)
        whole = self._fitting(f"{made.whole}.{shown}", args, kwargs, MOST_OF_A_CALL)
        if len(whole) <= MOST_OF_A_CALL:
            return whole
        return self._fitting(f"{made.brief}.{shown}", args, kwargs, MOST_OF_A_CALL)

    def _fitting(self, shown: str, args: tuple[Any, ...], kwargs: dict[str, Any], most: int) -> str:
        given = [("", value) for value in args] + [(f"{name}=", value) for name, value in kwargs.items()]
        whole = [self._show_one(value, 2 * most) for _, value in given]
        texts = [
            name + (text if len(text) <= most else self._show_one(value, CUT))
            for (name, value), text in zip(given, whole, strict=True)
        ]
        for place in sorted(range(len(texts)), key=lambda place: -len(texts[place])):
            if len(shown) + sum(len(text) + 2 for text in texts) <= most:
                break
            name, value = given[place]
            texts[place] = name + self._show_one(value, CUT)
        return one_line(f"{shown}({', '.join(texts)})")

    def _show_one(self, value: Any, width: int) -> str:
        if isinstance(value, str) and value in self._files:
            return repr(self._files[value][0])
        if isinstance(value, Feed):
            return self._show_one(value.given, width)
        if isinstance(value, repeat):
            return repr(value) if len(repr(value)) <= width else "<iterator>"
        if isinstance(value, _ListIterator):
            return f"iter({short([*copy(value)], width)})"
        if isinstance(value, Iterator):
            return "<iterator>"
        if callable(value):
            name = getattr(value, "__name__", "<")
            return name if name.isidentifier() else "<function>"
        return short(value, width)

    def _given_files(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Rows that say what is in the files of a call."""
        paths = [value for value in (*args, *kwargs.values()) if isinstance(value, str) and value in self._files]
        return "".join(f"\n  where     {one_line(_content(*self._files[path]))}" for path in dict.fromkeys(paths))


_ListIterator = type(iter([0]))


@dataclass(frozen=True, slots=True)
class _Made:
    """How an object was made, at length and in short, and the rows of the files that it was made of."""

    whole: str
    brief: str
    files: str


def _content(name: str, raw: bytes) -> str:
    r"""What is in a file, whole or as its beginning and length.

    >>> _content("a.txt", b"a\n"), _content("b.txt", b"\xff"), _content("c.txt", b"c" * 999)[-20:]
    ("a.txt holds 'a\\n'", "b.txt holds b'\\xff'", 'cccccc... (999 long)')
    """
    if not raw:
        return f"{name} is empty"
    try:
        text: str | bytes = raw.decode()
    except UnicodeDecodeError:
        text = raw
    if len(text) <= MOST_OF_A_FILE and len(repr(text)) <= MOST_OF_A_FILE:
        return f"{name} holds {text!r}"
    return f"{name} holds {short(text, CUT)}"


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

    def __init__(
        self, student: Student, path: str, handle: int | None, shown: str, made: _Made | None = None
    ) -> None:
        self._student = student
        self._path = path
        self._handle = handle
        self._shown = shown
        self._made = made

    def __getattr__(self, name: str) -> _Callable:
        _known(f"{self._path}.{name}")
        return _Callable(self._student, f"{self._path}.{name}", None, f"{self._shown}.{name}".lstrip("."))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student._call(self._path, self._handle, self._shown, args, kwargs, self._made)


class _Object:
    """An object that lives with the submission: attributes are its methods."""

    def __init__(self, student: Student, path: list[str], handle: int, made: _Made) -> None:
        self._student = student
        self._path = path
        self._handle = handle
        self._made = made

    def __getattr__(self, name: str) -> _Callable:
        path = ".".join([*self._path, name])
        _known(path)
        return _Callable(self._student, path, self._handle, name, self._made)


class LazyResult:
    """An iterator of the submission: `next` pulls exactly one item, `rest` all that are left.

    `shown` are the call that gave it, as text, and the rows of the files of that call.
    """

    def __init__(self, backend: Backend, handle: int, item: Any, shown: tuple[str, str], calls: Call) -> None:
        self._backend = backend
        self._handle = handle
        self._item = item
        self._call, self._files = shown
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
        self._calls.remember(items, f"list({self._call}){self._files}")
        return items

    def _pull(self, count: int) -> tuple[list[Any], bool]:
        self._calls.text = self._call + self._files
        try:
            items, ended = self._backend.pull(self._handle, count)
        except StudentError as error:
            raise _stub_or(error) from error.__cause__
        return [conform(item, self._item, "an item") for item in items], ended


class Feed:
    """An iterator handed to a submission, which counts what has been taken from it; diagnoses show what it gives.

    >>> feed = Feed(["a", "b"]); next(feed), feed.taken
    ('a', 1)
    """

    def __init__(self, items: Any) -> None:
        self.given = items
        self._items = iter(items)
        self.taken = 0

    def __iter__(self) -> Feed:
        return self

    def __next__(self) -> Any:
        item = next(self._items)
        self.taken += 1
        return item
