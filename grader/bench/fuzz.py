"""Sends damaged frames to the trusted side, guided by the code that they reach: nothing may crash or stall it.

python -m grader.bench.fuzz [FRAMES]

Each input is what a process of a submission writes to its channel before it dies: a frame around damaged data, or
damaged bytes altogether. The grader may say what is wrong with it, and nothing else may happen.
"""

from __future__ import annotations

import contextlib
import random
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import atheris
import cbor2

with atheris.instrument_imports(include=["grader.isolation", "tests.harness"]):
    from grader.isolation import IsolatedBackend, wire
    from grader.model import Limits
    from tests.harness.contract import RETURNS, Handle, Lazy
    from tests.harness.outcomes import NotPlain, Stopped, StudentError
    from tests.harness.plain import conform, short

SLOW_S = 5.0
TYPES = {str(kind): kind for kind in RETURNS.values() if kind is not Handle and not isinstance(kind, Lazy)}
SEEDS: list[dict[str, Any]] = [
    {"ok": 80_000_000_000},
    {"ok": [[256, b"a b"], [[b"a", b"b"]]]},
    {"ok": {"a": 1.5, "b": -0.0}},
    {"ok": [[1, 2, 3], True]},
    {"not_plain": "a set"},
    {"error": [["KeyError", "ValueError"], "no such unit", "errata.py:7 in size_bytes"]},
    {"memory": True},
    {"exit": "0"},
    {"callback": 0, "args": [1, "x"]},
    {"ok": 1 << 200},
    {"ok": cbor2.CBORTag(40001, [1, 2])},
]


class Process:
    """Stands for a sandbox's first process: there is none to be measured."""

    pid = 0


class Sandbox:
    """Stands for a sandbox whose check writes `data`, and dies."""

    alive = False
    process = Process()

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.control, self._theirs = socket.socketpair()

    def start(self, limits: dict[str, Any], channel: socket.socket, output: int) -> None:
        """Write it all at once, and nothing after it; the grader reads it when it asks."""
        del limits, output
        self._check = channel.dup()
        self._check.setblocking(False)
        with contextlib.suppress(OSError):
            self._check.send(self._data)
        self._check.shutdown(socket.SHUT_WR)

    def died(self) -> tuple[int, str]:
        """As if it had left with status 0."""
        return 0, ""

    def close(self) -> None:
        """Close all ends."""
        for each in (self.control, self._theirs, self._check):
            each.close()


def one(data: bytes) -> None:
    """Let the grader read a frame, and treat what it holds as the answer of every function there is.

    Raises:
        Exception: anything but the three ways in which a submission can fail.
    """
    started = time.perf_counter()
    first, payload = data[:1], data[1:]
    try:
        wire.parse(payload)
    except wire.WireError:
        if first < b"\xf0":  # most are refused here; a few go on, to see that a whole check takes them
            return
    raw = payload if first > b"\xf7" else wire.HEADER.pack(len(payload)) + payload
    sandbox = Sandbox(raw)
    backend = IsolatedBackend(sandbox, LIMITS, {})  # type: ignore[arg-type]
    try:
        answer = backend._request("invoke", path="errata.size_bytes")
        short(answer)
        for kind in TYPES.values():
            with contextlib.suppress(NotPlain):
                conform(answer, kind)
    except (NotPlain, StudentError, Stopped) as error:
        str(error).encode()
    finally:
        backend.close()
        sandbox.close()
    if time.perf_counter() - started > SLOW_S:
        raise TimeoutError(f"a frame of {len(raw)} bytes took {time.perf_counter() - started:.1f} s")


LIMITS = Limits(wall_s=0.2)


def damaged(count: int, seed: int = 0) -> list[bytes]:
    """Frames that were right before one to four bytes of them were changed, moved or lost.

    >>> damaged(3) == damaged(3)
    True
    """
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        data = bytearray(b"\0" + cbor2.dumps(chance.choice(SEEDS)))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 9)))
                case _:
                    del data[at : at + chance.randint(1, 4)]
                    data = data or bytearray(b"\0")
        made.append(bytes(data))
    return made


def main(frames: int = 1_000_000) -> None:
    """Run the engine from seeds that are right; it ends the process, with an error when a frame does harm."""
    with tempfile.TemporaryDirectory(prefix="grader-fuzz-") as folder:
        for number, message in enumerate(SEEDS):
            (Path(folder) / str(number)).write_bytes(b"\0" + cbor2.dumps(message))
        arguments = [sys.argv[0], f"-runs={frames}", "-max_len=512", "-timeout=60", "-print_final_stats=1", folder]
        atheris.Setup(arguments, one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
