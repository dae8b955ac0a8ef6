"""Makes hostile frames, archives and sources out of bytes: each of the right outer form, with anything inside.

The same bytes make the same case, and similar ones a similar case, so that an engine can vary them.
"""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import cbor2

from grader.isolation import wire

T = TypeVar("T")
HEADER = struct.Struct(">I")
P = 2**61 - 1
"""Its multiples have one hash."""

SCALARS: list[Any] = [
    *(0, 1, -1, 2, 255, 256, 1 << 31, 1 << 63, -(1 << 64), 1 << 1023, 1 << 1024, 1 << 8191, 1 << 20_000),
    *(P, 2 * P, 3 * P, 0.0, -0.0, 1.5, 1e308, 5e-324, float("nan"), float("inf"), True, False, None),
    *("", "a", "KeyError", "__class__", "\0\x1b[2J", "\u202e\u2028\ud7ff", "9" * 5_000, "é" * 300, "/", "../x"),
    *(b"", b"a", b"\xff", b"x" * 300, cbor2.undefined, cbor2.CBORSimpleValue(99)),
]
FORMS: list[tuple[str, ...]] = [
    *(
        ("ok",),
        ("ok",),
        ("ok",),
        ("not_plain",),
        ("altered",),
        ("where",),
        ("error",),
        ("memory",),
        ("exit",),
        ("callback", "args"),
    ),
    *(("callback",), ("ok", "error"), ("op", "with"), (), ("stop",)),
]
TAGS = [
    wire.MAP,
    wire.MAP,
    wire.MAP,
    wire.TUPLE,
    wire.FEED,
    0,
    1,
    2,
    3,
    4,
    5,
    25,
    28,
    29,
    30,
    35,
    256,
    258,
    55_799,
]
PARTS = [
    *("assignment", "assignment", "a", "A", "bpe.py", "x.py", "..", ".", "", "\\", "\0", "\n", "C:", "\u202e"),
    *("\u0301\u0316" * 20, "ß" * 60, "é", "d" * 300, ".git", "__MACOSX", "\ud800"),
]
KINDS = [b"0", b"0", b"0", b"5", b"1", b"2", b"3", b"6", b"x", b"g", b"L", b"K", b"S", b"X", b"7", b"\0"]
TOKENS = [
    *("import ", "from ", "os", ".", "_exit", "(", ")", "[", "]", "{", "}", "f'", "'", '"""', "\\N{", "\n"),
    *("lambda ", "x", "=", ":", "def f", "class A", "9" * 200, "0x", "1_", "1e999", "-", "*", "@", "\0"),
    *("\n  ", "\ufeff", "not "),
    *("# coding: punycode\n", "# coding: utf-16\n", "# coding: \0\n", "yield ", "await ", "match x:\n case"),
    *("tiktoken", "if x:"),
]  # fmt: skip


class Choices:
    """Bytes as a row of choices; when they have run out, the first of each."""

    def __init__(self, data: bytes) -> None:
        self._left = iter(data)

    def below(self, most: int) -> int:
        """A number below this, which is at most 256."""
        return next(self._left, 0) % most

    def pick(self, among: Sequence[T]) -> T:
        """One of these."""
        return among[self.below(len(among))]

    def some(self, make: Callable[[], T], most: int) -> list[T]:
        """Less than so many."""
        return [make() for _ in range(self.below(most))]


def value(choose: Choices, depth: int = 0) -> Any:
    """Something that CBOR can hold."""
    match choose.below(8) if depth < 5 else 0:
        case 4:
            return choose.some(lambda: value(choose, depth + 1), 6)
        case 5:
            return {_key(choose): value(choose, depth + 1) for _ in range(choose.below(4))}
        case 6:
            keys = choose.some(lambda: choose.pick(SCALARS), 6)
            tagged = [keys, [value(choose, depth + 1) for _ in keys]]
            return cbor2.CBORTag(wire.MAP, tagged)
        case 7:
            return cbor2.CBORTag(choose.pick(TAGS), value(choose, depth + 1))
    return choose.pick(SCALARS)


def _key(choose: Choices) -> Any:
    key = choose.pick(SCALARS)
    return "nan" if key != key else key


def message(choose: Choices) -> bytes:
    """One frame: an answer of a form that there is, with any values, and now and then damaged."""
    names = choose.pick(FORMS)
    held: dict[str, Any] = {name: value(choose) for name in names}
    if names == ("error",) and choose.below(4):
        held = {"error": [value(choose) for _ in range(3)]}
    if choose.below(4) == 3:
        held |= {"ok": value(choose)}
    data = cbor2.dumps(held)
    data = data if choose.below(4) else damaged(choose, data)
    length = len(data) if choose.below(16) else (len(data) + choose.below(256)) << choose.below(24) & 0xFFFFFFFF
    return HEADER.pack(length) + data


def damaged(choose: Choices, data: bytes) -> bytes:
    """These bytes with some of them changed, moved or lost."""
    made = bytearray(data or b"\0")
    for _ in range(1 + choose.below(4)):
        at = (choose.below(256) << 8 | choose.below(256)) % len(made)
        match choose.below(4):
            case 0:
                made[at] = choose.below(256)
            case 1:
                made[at:at] = bytes(choose.some(lambda: choose.below(256), 9))
            case 2:
                made[at:at] = made[: choose.below(256)] * choose.below(4)
            case _:
                del made[at : at + choose.below(256)]
                made = made or bytearray(1)
    return bytes(made)


def archive(choose: Choices) -> bytes:
    """A zip or tar, packed or not, of members of any name and kind, and now and then damaged."""
    data = _zip(choose) if choose.below(2) else _tar(choose)
    if choose.below(3) == 1:
        data = damaged(choose, data)
    match choose.below(6):
        case 1 | 2:
            return gzip.compress(data, 1, mtime=0)
        case 3:
            return b"".join(gzip.compress(data[n : n + 300], 1, mtime=0) for n in range(0, len(data), 300))
        case 4:
            return damaged(choose, gzip.compress(data, 1, mtime=0)) + bytes(choose.below(3))
        case 5:
            return b"\x1f\x8b\x08" + bytes([choose.below(256)]) + bytes(6) + data
    return data


def _name(choose: Choices) -> str:
    return "/".join(choose.some(lambda: choose.pick(PARTS), 6))


def _zip(choose: Choices) -> bytes:
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w") as file:
        warnings.simplefilter("ignore")
        for _ in range(choose.below(6)):
            member = zipfile.ZipInfo("x")
            member.filename = _name(choose).encode("utf-8", "replace").decode()
            member.external_attr = choose.pick([0, 0o100644, 0o120777, 0o040755, 0o020000, 0o177777]) << 16
            member.compress_type = choose.pick([0, 0, 8, 8, 12, 14])
            member.extra = bytes(choose.some(lambda: choose.below(256), 20))
            file.writestr(member, b"x\n" * choose.below(256))
        file.comment = b"PK\5\6" * choose.below(3)
    return made.getvalue()


def _tar(choose: Choices) -> bytes:
    made = b""
    for _ in range(choose.below(6)):
        member = tarfile.TarInfo(_name(choose)[:90])
        member.type, member.linkname = choose.pick(KINDS), choose.pick(PARTS)[:90]
        body = choose.pick(
            [b"", b"x\n" * 100, b"22 GNU.sparse.major=1\n", b"9" * 400, b"a/" * 300, b"30 path=a\n" * 9]
        )
        member.size = len(body) if choose.below(8) else choose.pick([-1, 1 << 40, 513, 0])
        header = member.tobuf(tarfile.GNU_FORMAT, errors="replace")
        made += header + body + bytes(-len(body) % 512)
    return made + bytes(choose.pick([1024, 0, 512, 10_240]))


def source(choose: Choices) -> bytes:
    """Pieces of Python, some of them many times."""
    pieces = choose.some(lambda: choose.pick(TOKENS) * choose.pick([1, 1, 1, 2, 9, 60]), 60)
    data = "".join(pieces).encode("utf-8", "replace")
    return data if choose.below(4) else damaged(choose, data)
