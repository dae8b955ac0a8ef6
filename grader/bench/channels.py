"""How much one check can tell a later one: a sender tries to pass random bits, a receiver to read them.

python -m grader.bench.channels [ROUNDS]

It prints bits for each channel, each reader and each sandbox. Those known to be open stand in SECURITY.md.
"""

from __future__ import annotations

import math
import os
import random
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from grader.bench.channel_sources import BESIDE, CHANNELS, CHECK, COMMON, SUBMISSION, Channel
from grader.isolation import LADDER, IsolatedBackend, SandboxPool, problem, read_once
from grader.model import Limits
from tests.harness.outcomes import NotPlain, Stopped, StudentError

__all__ = ["CHANNELS", "CHECK", "SUBMISSION", "Channel", "measured"]

LEAST = 32
"""Bits that are sent through a channel before it is judged."""
SIGMAS = 3.5
"""So far from what guessing gets right, a channel counts as open."""


def measured(channel: Channel, kind: str, least: int = LEAST) -> float:
    """Bits that can be read each time, `least` of them tried; 0 when what was read is no better than a guess."""
    chance = random.Random(f"{channel.name} {kind}")
    sent: list[int] = []
    read: list[int] = []
    with tempfile.TemporaryDirectory(prefix="grader-channel-") as folder:
        root = _submission(channel, Path(folder))
        first, second = (SandboxPool(LADDER[kind], root) for _ in range(2))
        try:
            while len(sent) < least:
                bits = [chance.randrange(2) for _ in range(channel.width)]
                sent += bits
                read += _passed(channel, first, second, bits) or [chance.randrange(2) for _ in bits]
        finally:
            first.close()
            second.close()
    right = sum(one == other for one, other in zip(sent, read, strict=True))
    return channel.width * capacity(right, len(sent))


def capacity(right: int, tried: int) -> float:
    """Bits that each bit carries, when so many of them arrive.

    >>> capacity(32, 32), capacity(20, 32), capacity(0, 32)
    (1.0, 0.0, 0.0)
    """
    if right - tried / 2 < SIGMAS * math.sqrt(tried) / 2:
        return 0.0
    wrong = 1 - right / tried
    return 1.0 if wrong == 0 else 1 + wrong * math.log2(wrong) + (1 - wrong) * math.log2(1 - wrong)


def _submission(channel: Channel, folder: Path) -> Path:
    folder.chmod(0o755)
    (folder / "assignment").mkdir()
    (folder / "assignment" / "__init__.py").touch()
    (folder / "assignment" / "probe.py").write_text(COMMON + channel.source, encoding="utf-8")
    return folder


def _passed(channel: Channel, first: SandboxPool, second: SandboxPool, bits: list[int]) -> list[int] | None:
    """What a receiver reads after these bits have been sent; None when one of the two fails."""
    if channel.cold:
        make_cold()
    if channel.reader == BESIDE:
        return _beside(first, second, bits)
    with first.check(Limits()) as sender:
        _call(sender, "send", bits)
    with (first if channel.reader == CHECK else second).check(Limits()) as receiver:
        read = _bits(_call(receiver, "receive"), len(bits))
    if channel.reader == SUBMISSION:
        second.close()
    elif channel.fresh:
        first.close()
    return read


def _beside(first: SandboxPool, second: SandboxPool, bits: list[int]) -> list[int] | None:
    with second.check(Limits()) as receiver, first.check(Limits()) as sender:
        _call(sender, "prepare")
        _call(receiver, "prepare")
        _call(sender, "send", bits)
        return _bits(_call(receiver, "receive"), len(bits))


def _call(backend: IsolatedBackend, name: str, *args: Any) -> Any:
    try:
        return backend.invoke(f"probe.{name}", None, list(args), {}, False)
    except (StudentError, Stopped, NotPlain):
        return None


def _bits(read: Any, width: int) -> list[int] | None:
    """They are a submission's answer: anything else is none."""
    return read if type(read) is list and len(read) == width else None


def make_cold() -> None:
    """Take files of the standard library out of memory, let them seem long unread, and be a grader that starts."""
    for path in Path(sysconfig.get_path("stdlib")).glob("*.py"):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        os.utime(path, ns=(0, path.stat().st_mtime_ns))
    read_once.cache_clear()


def main(rounds: int = 3) -> None:
    """Measure every channel in every sandbox that works here, and print bits."""
    kinds = [kind for kind in LADDER if problem(kind) is None]
    table = Table(title="Bits that can be read each time", title_justify="left")
    for column in ("channel", "read by", "tried", *kinds):
        table.add_column(column, justify="left" if column in ("channel", "read by") else "right")
    for channel in track(CHANNELS, "measuring", transient=True):
        found = [f"{measured(channel, kind, LEAST * rounds):.1f}" for kind in kinds]
        table.add_row(channel.name, channel.reader, str(channel.width), *found)
    Console(width=115).print(table)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
