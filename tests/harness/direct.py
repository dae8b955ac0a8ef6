"""The direct backend: the submission runs in this process, for its author's own use.

Real tracebacks and `--pdb` work. Nothing is contained here: a grade is given by the isolated mode only.
"""

from __future__ import annotations

import builtins
import importlib
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from tests.harness.outcomes import Altered, Limits, NotPlain, Stopped, StudentError, Verdict
from tests.harness.plain import SCALARS, plain, short


class DirectBackend:
    """Calls `assignment.MODULE` below `root` in this process.

    `root` goes to the front of `sys.path`, and modules of an `assignment` from elsewhere are dropped.
    """

    def __init__(self, root: Path, scratch: Path, limits: Limits) -> None:
        self._root = root
        self._scratch = scratch
        self._limits = limits
        self._objects: list[Any] = []
        use_assignment(root)

    def invoke(self, path: str, handle: int | None, args: list[Any], kwargs: dict[str, Any], keep: bool) -> Any:
        """Call the function or method; see `Backend`."""
        with self._guarded():
            target = self._resolve(path) if handle is None else getattr(self._objects[handle], path.split(".")[-1])
            given, named = [own(arg) for arg in args], {name: own(arg) for name, arg in kwargs.items()}
            value = target(*given, **named)
            unaltered([*enumerate(given), *named.items()], [*args, *kwargs.values()])
            if not keep:
                return plain(value)
            self._objects.append(value)
            return len(self._objects) - 1

    def pull(self, handle: int, count: int) -> tuple[list[Any], bool]:
        """Take items of an iterator; see `Backend`."""
        with self._guarded():
            iterator = self._objects[handle]
            if not isinstance(iterator, Iterator):
                raise NotPlain(f"a {type(iterator).__name__}, not an iterator")
            items = [plain(item) for item in islice(iterator, count)]
            return items, len(items) < count

    def used_mib(self) -> float | None:
        """The memory of this process, on Linux; see `Backend`."""
        status = Path("/proc/self/status")
        lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:")), None)

    def file(self, name: str, content: bytes) -> str:
        """Write into pytest's temporary folder; see `Backend`."""
        path = self._scratch / name
        path.write_bytes(content)
        return str(path)

    def _resolve(self, path: str) -> Callable[..., Any]:
        module, *names = path.split(".")
        target: Any = load(module)
        for name in names:
            target = getattr(target, name)
        return target  # type: ignore[no-any-return]

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            with time_limit(self._limits.wall_s), warnings.catch_warnings():
                warnings.simplefilter("default")  # a warning is no error, whatever pytest is told for the checks
                yield
        except (NotPlain, Altered, Stopped, KeyboardInterrupt):
            raise
        except MemoryError:
            raise Stopped(Verdict.MEMORY, "it ran out of memory") from None
        except SystemExit as error:
            raise Stopped(Verdict.CRASHED, f"it ended its process: SystemExit({error.code!r})") from None
        except Exception as error:
            raise StudentError(*describe(error, self._root)) from error


def own(value: Any) -> Any:
    """A copy of a list or dict with all that is in it, as in the grader's sandbox; other values as they are.

    >>> given = [[1], {"a": [2]}]
    >>> own(given) == given, own(given)[1]["a"] is given[1]["a"]
    (True, False)
    """
    if type(value) is list:
        return [own(item) for item in value]
    return {key: own(item) for key, item in value.items()} if type(value) is dict else value


def unaltered(given: list[tuple[int | str, Any]], before: list[Any]) -> None:
    """Compare what a call was given, each value behind its place or name, with what that was before.

    Raises:
        Altered: a list or dict is another now.
    """
    for (argument, now), was in zip(given, before, strict=True):
        if not same(was, now):
            raise Altered(argument, short(now))


def same(before: Any, after: Any) -> bool:
    """Whether a list or dict still holds what it held; tensors and functions need only be the same ones.

    >>> same([1, {"a": [2]}], [1, {"a": [2]}]), same([1, 2], [1]), same({0: [1]}, {0: [1.0]})
    (True, False, False)
    """
    if before is after:
        return True
    if type(before) is not type(after):
        return False
    if type(before) is list:
        return len(before) == len(after) and all(map(same, before, after))
    if type(before) is dict:
        return before.keys() == after.keys() and all(same(value, after[key]) for key, value in before.items())
    return type(before) in (*SCALARS, tuple) and bool(before == after)


def load(module: str) -> Any:
    """Import a module of the submission. One that fails leaves nothing behind, and fails the next time, too."""
    try:
        return importlib.import_module(f"assignment.{module}")
    except BaseException:
        forget_assignment()
        raise


def forget_assignment() -> None:
    """Let the next import read the files again."""
    for name in [name for name in sys.modules if name.split(".")[0] == "assignment"]:
        del sys.modules[name]


def use_assignment(root: Path) -> None:
    """Make `import assignment` mean the folder below root."""
    package = sys.modules.get("assignment")
    folders = [Path(folder) for folder in getattr(package, "__path__", [])]
    if package is not None and folders != [root / "assignment"]:
        forget_assignment()
    if sys.path[:1] != [str(root)]:
        sys.path.insert(0, str(root))
        importlib.invalidate_caches()


def describe(error: BaseException, root: Path) -> tuple[list[str], str, str]:
    """Kinds, text and innermost place of an exception, for a `StudentError`."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(root)]
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}" if frames else ""
    return builtin_kinds(type(error)), str(error), where


def builtin_kinds(kind: type[BaseException]) -> list[str]:
    """The names of its built-in classes, the nearest first, so that a subclass of ValueError counts as one.

    >>> builtin_kinds(UnicodeDecodeError)[:3]
    ['UnicodeDecodeError', 'UnicodeError', 'ValueError']
    """
    return [base.__name__ for base in kind.__mro__ if getattr(builtins, base.__name__, None) is base]


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Stop the body after so many seconds, where the system has timers (not on Windows)."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise Stopped(Verdict.TIMEOUT, f"no answer within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
