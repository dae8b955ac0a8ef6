"""The direct backend: the submission runs in this process, for its author's own use.

Real tracebacks and `--pdb` work. Nothing is contained here: a grade is given by the isolated mode only.
"""

from __future__ import annotations

import builtins
import importlib
import re
import sys
import traceback
import warnings
from bdb import BdbQuit
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from time import monotonic, perf_counter  # which a submission may replace in their module
from typing import Any, TypeGuard

from tests.harness import bounds
from tests.harness.outcomes import Altered, Limits, NotPlain, Stopped, StudentError, Verdict
from tests.harness.plain import SCALARS, plain, short

LEFT_IN = "a breakpoint() was reached, and nobody was there to go on"
AGAIN_S = 2.0
"""What a call gets of time once its function has used up all that a check has in an earlier one."""

LEAST_S = 0.01
"""And one for which no time of its check is left."""

MOST_PLACES, MOST_LINE = 8, 100
"""Lines of a submission that are shown for an exception, and characters of each."""


class DirectBackend:
    """Calls `assignment.MODULE` below `root` in this process.

    `root` goes to the front of `sys.path`, and modules of an `assignment` from elsewhere are dropped. Functions
    that ended by time are noted in `slow`, and get less of it from then on.
    """

    def __init__(self, root: Path, scratch: Path, limits: Limits, slow: set[str] | None = None) -> None:
        self._root = root
        self._scratch = scratch
        self._limits = limits
        self._slow = set[str]() if slow is None else slow
        self._spent_s = 0.0
        self._objects: list[Any] = []
        bounds.print_afresh(limits.output_kib << 10)
        use_assignment(root)

    def invoke(self, path: str, handle: int | None, args: list[Any], kwargs: dict[str, Any], keep: bool) -> Any:
        """Call the function or method; see `Backend`."""
        with self._guarded(path):
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
        with self._guarded("an iterator"):
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

    def seconds(self) -> float:
        """The clock; see `Backend`."""
        return perf_counter()

    def file(self, name: str, content: bytes) -> str:
        """Write into pytest's temporary folder; see `Backend`."""
        path = self._scratch / name
        path.write_bytes(content)
        return str(path)

    def _resolve(self, path: str) -> Callable[..., Any]:
        module, *names = path.split(".")
        target: Any = load(module)
        place = f"{module}.py"
        for name in names:
            if not hasattr(target, name):
                raise StudentError(["AttributeError"], missing(name, place, dir(target)))
            target, place = getattr(target, name), f"the class {name}"
        return target  # type: ignore[no-any-return]

    def _time_for(self, path: str) -> tuple[float, str]:
        """The seconds that a call may take, 0 for any, and its limit as it is said."""
        most_s = self._limits.wall_s
        left_s, told_s = most_s and max(most_s - self._spent_s, LEAST_S), f"{most_s:g} s"
        if left_s > AGAIN_S and path in self._slow:
            return AGAIN_S, f"{AGAIN_S:g} s; there are {told_s}, which an earlier check has waited for"
        return left_s, told_s

    @contextmanager
    def _guarded(self, path: str) -> Iterator[None]:
        folder, limits = self._root / "assignment", self._limits
        wall_s, told_s = self._time_for(path)
        started = monotonic()
        try:
            with (
                bounds.interrupts(),
                bounds.exits(),
                bounds.printed(),
                bounds.memory(limits.memory_mib << 20),
                bounds.seconds(wall_s, lambda frames: places(frames, folder), told_s),
                warnings.catch_warnings(),
            ):
                warnings.simplefilter("default")  # a warning is no error, whatever pytest is told for the checks
                warnings.filterwarnings("ignore", "This process .* is multi-threaded")  # by a thread of ours
                with _described(folder):
                    yield
        except Stopped as stopped:
            if stopped.verdict is Verdict.TIMEOUT:
                self._slow.add(path)
            raise
        except (NotPlain, Altered, StudentError, KeyboardInterrupt):
            raise
        except MemoryError:
            more = f"more memory than the {limits.memory_mib:,} MiB allowed, or than there is"
            raise Stopped(Verdict.MEMORY, more) from None
        except SystemExit as error:
            code = error.code
            ended = f"it ended its process: SystemExit({_safely(lambda: repr(code))})"
            raise Stopped(Verdict.CRASHED, ended) from None
        finally:
            self._spent_s += monotonic() - started


@contextmanager
def _described(folder: Path) -> Iterator[None]:
    """Describe an exception while the limits still hold: its text is made by the submission."""
    try:
        yield
    except (Stopped, NotPlain, Altered, StudentError, MemoryError, SystemExit):
        raise
    except BaseException as error:
        raise StudentError(*describe(error, folder)) from error


def own(value: Any) -> Any:
    """A copy of a list or dict with all that is in it, as in the grader's sandbox; other values as they are.

    >>> given = [[1], {"a": [2]}]
    >>> own(given) == given, own(given)[1]["a"] is given[1]["a"]
    (True, False)
    """
    if type(value) is list:
        return [own(item) for item in value]
    return {key: own(item) for key, item in value.items()} if type(value) is dict else value


def missing(name: str, place: str, there: list[str]) -> str:
    """What is said of a function that is not there, with one whose name is near.

    >>> missing("split_words", "words.py", ["split_word", "re"])
    'words.py has no split_words; it has split_word: give it the name that the handout says'
    """
    near = get_close_matches(name, there, 1)
    return f"{place} has no {name}" + (
        f"; it has {near[0]}: give it the name that the handout says" if near else ""
    )


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


def describe(error: BaseException, folder: Path) -> tuple[list[str], str, list[str]]:
    """Kinds, text and lines below the folder of an exception, for a `StudentError`."""
    kinds, where = ["Exception"], list[str]()
    with suppress(BaseException):
        kinds = builtin_kinds(type(error))
        where = _where(error, folder)
    return kinds, _safely(lambda: _text(error, folder)), where


def _text(error: BaseException, folder: Path) -> str:
    if isinstance(error, BdbQuit):
        return LEFT_IN
    if _in_a_file(error, folder):
        return str(error.msg)
    text = str(error)
    if isinstance(error, ModuleNotFoundError) and (folder / f"{error.name}.py").is_file():
        return f"{text}; it lies beside your file: from .{error.name} import ..."
    if named := re.match(r"cannot import name '(\w+)' from '([\w.]+)'", text):
        near = get_close_matches(named[1], dir(sys.modules.get(named[2])), 1)
        return named[0] + (f"; it has {near[0]}" if near else "")
    name = _near(error)
    return f"{text}; there is {name}" if name else text


def _in_a_file(error: BaseException, folder: Path) -> TypeGuard[SyntaxError]:
    """Whether a file of the folder is no Python."""
    named = error.filename if isinstance(error, SyntaxError) else None
    return bool(named) and Path(str(named)).is_relative_to(folder)


def _safely(text: Callable[[], str]) -> str:
    """Text that student code makes, which may fail."""
    try:
        return "".join(text())
    except BaseException:  # noqa: BLE001  -- whatever it raises
        return "(its text can't be shown)"


def _near(error: BaseException) -> str:
    """Another name that is there, and near to one that is not."""
    there: list[str] = []
    if isinstance(error, NameError) and error.__traceback__:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        there = [*frames[-1].f_locals, *frames[-1].f_globals, *dir(builtins)]
    elif isinstance(error, AttributeError) and error.obj is not None:
        there = dir(error.obj)
    name = getattr(error, "name", None)
    near = get_close_matches(name, there, 1) if isinstance(name, str) else []
    return "".join(near) if near != [name] else ""


def _where(error: BaseException, folder: Path) -> list[str]:
    if _in_a_file(error, folder):
        return _syntax(error)
    return places(traceback.extract_tb(error.__traceback__), folder)


def places(frames: Iterable[traceback.FrameSummary], folder: Path) -> list[str]:
    """The lines below a folder, the outermost first; of many, those in the middle are counted."""
    inside = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    shown = [f"{Path(f.filename).name}:{f.lineno} in {f.name}: {(f.line or '')[:MOST_LINE]}" for f in inside]
    if len(shown) <= MOST_PLACES:
        return shown
    return [*shown[:3], f"... {len(shown) - 6:,} more ...", *shown[-3:]]


def _syntax(error: SyntaxError) -> list[str]:
    """Where a file is no Python: the line, and a caret below the place."""
    name = f"{Path(error.filename or '').name}:{error.lineno}"
    line = (error.text or "").rstrip()
    if not line:
        return [name]
    text = line.lstrip()[:MOST_LINE]
    place = max((error.offset or 1) - 1 - (len(line) - len(line.lstrip())), 0)
    return [name, f"    {text}", f"    {' ' * min(place, len(text))}^"]


def builtin_kinds(kind: type[BaseException]) -> list[str]:
    """The names of its built-in classes, the nearest first, so that a subclass of ValueError counts as one.

    >>> builtin_kinds(UnicodeDecodeError)[:3]
    ['UnicodeDecodeError', 'UnicodeError', 'ValueError']
    """
    return [base.__name__ for base in kind.__mro__ if getattr(builtins, base.__name__, None) is base]
