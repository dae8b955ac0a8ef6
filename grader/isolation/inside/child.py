"""One check's own process: it imports the submission, runs calls, and answers with plain data.

Frames on the channel are a length in four bytes, big-endian, then CBOR. The grader asks, this answers; on the way
it may call back. Nothing here is trusted by the other side.
"""

import _thread
import builtins
import contextlib
import importlib
import math
import os
import re
import socket
import struct
import sys
import threading
import traceback
from bdb import BdbQuit
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import partial
from itertools import islice
from pathlib import Path
from time import monotonic, sleep  # which a submission may replace in their module
from typing import Any

import cbor2

TUPLE, CALLBACK, FEED, TENSOR, SPARSE, MAP = 40001, 40002, 40003, 40004, 40005, 40006
MAX_DEPTH = 64
KEY_BITS = 60
TELL_S, LOOK_EVERY_S = 0.5, 0.2  # before a call's time is up, it tells where it is; how often a thread looks
WATCHERS_STACK = 1 << 19
MOST_PLACES, MOST_LINE = 8, 100


class NotPlain(Exception):
    pass


class Altered(Exception):
    pass


class Missing(AttributeError):
    pass


class Child:
    """Answers the grader's requests for one check."""

    def __init__(self, channel: int, submission: str, work: str, inputs: str) -> None:
        self.channel = socket.socket(fileno=channel)
        self.submission, self.work, self.inputs = submission, work, Path(inputs)
        self.objects: list[Any] = []
        self.turn = threading.Lock()  # to use the channel; taken between requests, when the grader does not listen
        self.turn.acquire()
        self.tell_at = math.inf
        self.decoders = {
            TUPLE: lambda items, _: tuple(items),
            CALLBACK: lambda reference, _: Callback(self, reference),
            FEED: lambda reference, _: Feed(self, reference),
            TENSOR: lambda parts, _: Strided(*parts),
            SPARSE: lambda parts, _: Sparse(*parts),
        }

    def begin(self) -> None:
        os.register_at_fork(after_in_child=self.channel.close)
        os.chdir(self.work)
        self.watch()
        sys.argv = ["assignment"]
        sys.path.insert(0, self.submission)

    def serve(self) -> None:
        while (request := self.receive()) is not None:
            self.tell_at = monotonic() + request["left_s"] - TELL_S
            self.turn.release()
            answer = self.answer(request)
            self.turn.acquire()
            self.tell_at = math.inf
            self.send(answer)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            value = getattr(self, f"do_{request['op']}")(**request["with"])
            with contextlib.suppress(AttributeError, ValueError):  # it has closed it, or taken it away
                sys.stdout.flush()
            return {"ok": value}
        except NotPlain as error:
            return {"not_plain": str(error)}
        except Altered as error:
            return {"altered": list(error.args)}
        except MemoryError:
            return {"memory": True}
        except SystemExit as error:
            code = error.code
            return {"exit": clean(safely(lambda: repr(code)))}
        except BaseException as error:
            return {"error": describe(error, self.submission)}

    def do_load(self, module: str) -> None:
        load(module)

    def do_invoke(
        self,
        path: str,
        handle: int | None,
        args: list[Any],
        kwargs: dict[str, Any],
        keep: bool,
        storages: list[list[Any]],
    ) -> Any:
        made = [make_storage(*storage) for storage in storages]
        args, kwargs = make_tensors(args, made), make_tensors(kwargs, made)
        module, *names = path.split(".")
        if handle is None:
            target: Any = load(module)
            place = f"{module}.py"
            for name in names:
                if not hasattr(target, name):
                    raise Missing(missing(name, place, dir(target)))
                target, place = getattr(target, name), f"the class {name}"
        else:
            target = getattr(self.objects[handle], names[-1])
        given: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
        before = [own(value) for _, value in given]
        value = target(*args, **kwargs)
        for (argument, now), was in zip(given, before, strict=True):
            if not same(was, now):
                raise Altered(argument, clean(safely(partial(shown, now))))
        if not keep:
            return plain(value)
        self.objects.append(value)
        return len(self.objects) - 1

    def do_pull(self, handle: int, count: int) -> list[Any]:
        iterator = self.objects[handle]
        if not hasattr(iterator, "__next__"):
            raise NotPlain(f"a {type(iterator).__name__}, not an iterator")
        items = [plain(item) for item in islice(iterator, count)]
        return [items, len(items) < count]

    def do_file(self, name: str, content: bytes) -> str:
        path = self.inputs / name
        path.write_bytes(content)
        return str(path)

    def ask(self, callback: int, args: list[Any]) -> Any:
        """Call back into the grader, from within a call; a thread that asks between two waits for the next."""
        with self.turn:
            self.send({"callback": callback, "args": [plain(arg) for arg in args]})
            reply = self.receive()
        if reply is None:
            os._exit(0)
        if reply.get("stop"):
            raise StopIteration
        if "type_error" in reply:
            raise TypeError(reply["type_error"])
        return reply["ok"]

    def watch(self) -> None:
        """Let a thread tell, since signals and timers are the submission's; nothing is told if none can start."""
        main, usual = threading.get_ident(), threading.stack_size(WATCHERS_STACK)
        with contextlib.suppress(RuntimeError):
            _thread.start_new_thread(self.look, (main,))
        threading.stack_size(usual)

    def look(self, main: int) -> None:
        while True:
            sleep(LOOK_EVERY_S)
            if monotonic() >= self.tell_at:
                with contextlib.suppress(BaseException):
                    self.tell_where(sys._current_frames().get(main))

    def tell_where(self, frame: Any) -> None:
        """Once a request, unless the channel is in use just now."""
        if self.turn.acquire(blocking=False):
            try:
                if self.tell_at < math.inf:
                    self.tell_at = math.inf
                    where = places(traceback.extract_stack(frame), self.submission)
                    self.send({"where": [clean(line) for line in where]})
            finally:
                self.turn.release()

    def receive(self) -> Any:
        header = self.read(4)
        data = self.read(*struct.unpack(">I", header)) if header else None
        return None if data is None else cbor2.loads(data, semantic_decoders=self.decoders)

    def send(self, answer: dict[str, Any]) -> None:
        try:
            data = cbor2.dumps(answer)
        except (ValueError, OverflowError) as error:
            data = cbor2.dumps({"not_plain": f"data that can't be sent: {type(error).__name__}"})
        self.channel.sendall(struct.pack(">I", len(data)) + data)

    def read(self, size: int) -> bytes | None:
        parts = []
        while size:
            part = self.channel.recv(min(size, 1 << 20))
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def load(module: str) -> Any:
    """One that failed leaves nothing behind, and fails the next time as well."""
    try:
        return importlib.import_module(f"assignment.{module}")
    except BaseException:
        for name in [name for name in sys.modules if name.split(".")[0] == "assignment"]:
            del sys.modules[name]
        raise


class Callback:
    """A function of the grader's: calling it asks the grader."""

    def __init__(self, child: Child, reference: int) -> None:
        self._child, self._reference = child, reference

    def __call__(self, *args: Any) -> Any:
        return self._child.ask(self._reference, list(args))


class Feed:
    """An iterator of the grader's, pulled one item at a time."""

    def __init__(self, child: Child, reference: int) -> None:
        self._child, self._reference = child, reference

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return self._child.ask(self._reference, [])


class Strided:
    """A tensor of the grader's, until its storage is there."""

    def __init__(self, *parts: Any) -> None:
        self.storage, self.dtype, self.size, self.stride, self.offset, self.requires_grad, self.grad = parts

    def make(self, storages: list[Any]) -> Any:
        torch: Any = importlib.import_module("torch")
        storage = storages[self.storage]
        empty = torch.empty(0, dtype=getattr(torch, self.dtype), device=storage.device)
        tensor = empty.set_(storage, self.offset, self.size, self.stride)
        if self.requires_grad:
            tensor.requires_grad_()
        if self.grad is not None:
            tensor.grad = self.grad.make(storages)
        return tensor


class Sparse:
    """A sparse tensor of the grader's, in COO or CSR layout, until its parts are there."""

    def __init__(self, layout: str, size: list[int], parts: list[Strided]) -> None:
        self.layout, self.size, self.parts = layout, size, parts

    def make(self, storages: list[Any]) -> Any:
        torch: Any = importlib.import_module("torch")
        make = torch.sparse_coo_tensor if self.layout == "sparse_coo" else torch.sparse_csr_tensor
        return make(*[part.make(storages) for part in self.parts], self.size, check_invariants=False)


def make_storage(device: str, size: int, content: bytes) -> Any:
    torch: Any = importlib.import_module("torch")
    storage = torch.UntypedStorage(size, device=device)
    if content:
        torch.empty(0, dtype=torch.uint8).set_(storage).copy_(
            torch.frombuffer(bytearray(content), dtype=torch.uint8)
        )
    return storage


def make_tensors(value: Any, storages: list[Any]) -> Any:
    if isinstance(value, (Strided, Sparse)):
        return value.make(storages)
    if storages and type(value) is list:
        return [make_tensors(item, storages) for item in value]
    if storages and type(value) is dict:
        return {key: make_tensors(item, storages) for key, item in value.items()}
    return value


def missing(name: str, place: str, there: list[str]) -> str:
    """As in tests/harness/direct.py."""
    near = get_close_matches(name, there, 1)
    return f"{place} has no {name}" + (
        f"; it has {near[0]}: give it the name that the handout says" if near else ""
    )


def own(value: Any) -> Any:
    if type(value) is list:
        return [own(item) for item in value]
    return {key: own(item) for key, item in value.items()} if type(value) is dict else value


def same(before: Any, after: Any) -> bool:
    """As in tests/harness/direct.py: whether a list or dict still holds what it held."""
    if before is after:
        return True
    if type(before) is not type(after):
        return False
    if type(before) is list:
        return len(before) == len(after) and all(map(same, before, after))
    if type(before) is dict:
        return before.keys() == after.keys() and all(same(value, after[key]) for key, value in before.items())
    return type(before) in (int, str, bytes, float, bool, tuple) and bool(before == after)


def plain(value: Any, depth: int = 0) -> Any:
    kind = type(value)
    if kind in (int, bytes, float, bool, type(None)):
        return value
    if kind is str:
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotPlain("a str with lone surrogates, which is no text") from None
        return value
    if depth > MAX_DEPTH:
        raise NotPlain(f"nested more than {MAX_DEPTH} deep")
    if kind is list or kind is tuple:
        return [plain(item, depth + 1) for item in value]
    if kind is dict:
        items = {key_of(key): plain(item, depth + 1) for key, item in value.items()}
        if all(type(key) in (str, bytes) for key in items):
            return items
        return cbor2.CBORTag(MAP, [list(items.keys()), list(items.values())])  # its keys are checked one by one
    raise NotPlain(f"a {kind.__module__}.{kind.__qualname__}, which is not plain data")


def key_of(key: Any) -> Any:
    if type(key) is int and key.bit_length() > KEY_BITS:
        raise NotPlain(f"a dict key of more than {KEY_BITS} bits")
    if type(key) in (int, str, bytes, bool):
        return plain(key)
    raise NotPlain(f"a dict key of type {type(key).__qualname__}, which is not int, str or bytes")


def describe(error: BaseException, submission: str) -> list[Any]:
    """Kinds (its built-in classes, the nearest first), text and lines in the submission, as in a direct run."""
    known = [c.__name__ for c in type(error).__mro__ if getattr(builtins, c.__name__, None) is c][:8]
    text = safely(lambda: shortened(text_of(error, submission)))
    where: list[str] = []
    with contextlib.suppress(BaseException):
        where = lines_of(error, submission)
    return [known, clean(text), [clean(line) for line in where]]


def text_of(error: BaseException, submission: str) -> str:
    if isinstance(error, BdbQuit):
        return "a breakpoint() was reached, and nobody was there to go on"
    if isinstance(error, SyntaxError) and str(error.filename).startswith(submission):
        return str(error.msg)
    if isinstance(error, ModuleNotFoundError) and Path(submission, "assignment", f"{error.name}.py").is_file():
        return f"{error}; it lies beside your file: from .{error.name} import ..."
    if named := re.match(r"cannot import name '(\w+)' from '([\w.]+)'", str(error)):
        near = get_close_matches(named[1], dir(sys.modules.get(named[2])), 1)
        return named[0] + (f"; it has {near[0]}" if near else "")
    name = near_of(error)
    return f"{error}; there is {name}" if name else str(error)


def near_of(error: BaseException) -> str:
    there: list[str] = []
    if isinstance(error, NameError) and error.__traceback__:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        there = [*frames[-1].f_locals, *frames[-1].f_globals, *dir(builtins)]
    elif isinstance(error, AttributeError) and error.obj is not None:
        there = dir(error.obj)
    name = getattr(error, "name", None)
    near = get_close_matches(name, there, 1) if isinstance(name, str) else []
    return "".join(near) if near != [name] else ""


def lines_of(error: BaseException, submission: str) -> list[str]:
    if isinstance(error, SyntaxError) and str(error.filename).startswith(submission):
        name, line = f"{os.path.basename(str(error.filename))}:{error.lineno}", str(error.text or "").rstrip()
        text = line.lstrip()[:MOST_LINE]
        place = max((error.offset or 1) - 1 - (len(line) - len(line.lstrip())), 0)
        return [name, f"    {text}", f"    {' ' * min(place, len(text))}^"] if line else [name]
    return places(traceback.extract_tb(error.__traceback__), submission)


def places(frames: traceback.StackSummary, submission: str) -> list[str]:
    """As in tests/harness/direct.py: the lines of the submission, the outermost first."""
    inside = [f for f in frames if f.filename.startswith(submission)]
    shown = [
        f"{os.path.basename(f.filename)}:{f.lineno} in {f.name}: {(f.line or '')[:MOST_LINE]}" for f in inside
    ]
    return shown if len(shown) <= MOST_PLACES else [*shown[:3], f"... {len(shown) - 6:,} more ...", *shown[-3:]]


def clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def shown(value: Any) -> str:
    return shortened(repr(value), 150)


def shortened(text: str, most: int = 2000) -> str:
    """The beginning and the end: what a message names stands in either."""
    return text if len(text) <= most else f"{text[: most // 2]} ... {text[10 - most // 2 :]}"


def safely(text: Callable[[], str]) -> str:
    """Text that student code makes, which may fail."""
    try:
        return "".join(text())
    except BaseException:
        return "(its text can't be shown)"
