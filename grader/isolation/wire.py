"""The trusted end of the wire: frames, and a decoder that makes nothing but plain data.

What arrives here was written by a process that the student controls. Everything that is not exactly what the
protocol allows raises `WireError`, which is the submission's fault and ends its worker.
"""

from __future__ import annotations

import gc
import io
import struct
from collections.abc import Iterator
from typing import Any, NoReturn

import cbor2

TUPLE, CALLBACK, FEED, MAP = 40001, 40002, 40003, 40006
MAX_DEPTH = 80
MAX_VALUES = 1 << 18
"""Of one answer, keys too; the reference's largest has a tenth of that."""

MAX_NUMBERS = 1 << 14
"""Keys of an answer's maps that are numbers. Whoever chooses them chooses where they lie in a dict, and can make
building it take the square of their number."""

KEY_BITS = 60
"""Of such a key: larger numbers could all have one hash."""

HEADER = struct.Struct(">I")
_PLAIN = frozenset({int, str, bytes, float, bool, type(None)})
_KEYS = frozenset({int, str, bytes, bool})
# Every tag that the decoder knows, but for big integers (2 and 3).
_TAGS = (0, 1, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799)


class WireError(Exception):
    """The other end broke the protocol; the message says how."""


def frame(message: dict[str, Any]) -> bytes:
    """A message of ours as a frame: tuples are kept, iterators and functions must be references already.

    >>> frame({"op": "x"})
    b'\\x00\\x00\\x00\\x06\\xa1bopax'
    """
    data = cbor2.dumps(_tagged(message))
    return HEADER.pack(len(data)) + data


def _tagged(value: Any) -> Any:
    if isinstance(value, tuple):
        return cbor2.CBORTag(TUPLE, [_tagged(item) for item in value])
    if isinstance(value, list):
        return [_tagged(item) for item in value]
    if isinstance(value, dict):
        return {key: _tagged(item) for key, item in value.items()}
    return value


def length(header: bytes, limit: int) -> int:
    """The length that a header announces.

    Raises:
        WireError: it is above the limit.
    """
    (size,) = HEADER.unpack(header)
    if size > limit:
        raise WireError(f"an answer of {size:,} bytes, above the limit of {limit:,}")
    return int(size)


def parse(data: bytes) -> dict[str, Any]:
    """A message from the other end: a map of str to plain data. What this costs is bounded, whatever it holds.

    A map with a key that is a number comes as a tagged list of its keys and its values.

    Raises:
        WireError: it is malformed, too large, nests too deep, or holds anything but plain data.

    >>> parse(cbor2.dumps({"ok": [1, b"a"]}))
    {'ok': [1, b'a']}
    >>> parse(cbor2.dumps({1: 2}))
    Traceback (most recent call last):
    grader.isolation.wire.WireError: malformed data (CBORDecodeError)
    """
    return counted(data)[0]


def counted(data: bytes) -> tuple[dict[str, Any], int]:
    """As `parse`, and how many values the message holds.

    Raises:
        WireError: as there.
    """
    message, count = _decoded(data), 0
    for value in _parts(message):
        count += 1
        if type(value) not in _PLAIN:
            raise WireError(f"data of type {type(value).__name__}")
        if count > MAX_VALUES:
            raise WireError(f"an answer of more than {MAX_VALUES:,} values")
    if type(message) is not dict or not all(type(key) is str for key in message):
        raise WireError("a message that is not a map with text keys")
    return message, count


def _decoded(data: bytes) -> Any:
    numbers = 0

    def tagged_map(parts: Any, _: object) -> dict[Any, Any]:
        nonlocal numbers
        keys, values = _checked_map(parts)
        numbers += 1 + len(keys)
        if numbers > MAX_NUMBERS:
            raise WireError(f"maps with more than {MAX_NUMBERS:,} keys that are numbers")
        made = dict(zip(keys, values, strict=True))
        if len(made) < len(keys):
            raise WireError("a map with a key twice")
        return made

    collects = gc.isenabled()
    gc.disable()  # millions of lists would be searched again and again while they are made
    stream = io.BytesIO(data)
    try:
        value = cbor2.load(
            stream,
            tag_hook=_refuse,
            semantic_decoders={**dict.fromkeys(_TAGS, _refuse), MAP: tagged_map},
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            strict_hashable_types=True,
        )
        if stream.tell() < len(data):
            raise WireError("more bytes than one value takes")
        return value
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  -- malformed bytes are their fault; a panic is no Exception
        cause = error if isinstance(error, WireError) else error.__cause__  # which the decoder wraps
        said = str(cause) if isinstance(cause, WireError) else f"malformed data ({type(error).__name__})"
        raise WireError(said) from None
    finally:
        if collects:
            gc.enable()


def _checked_map(parts: Any) -> tuple[list[Any], list[Any]]:
    """Keys and values of a tagged map, which can be put into a dict."""
    match parts:
        case [list(keys), list(values)] if len(keys) == len(values):
            for key in keys:
                if type(key) not in _KEYS or (isinstance(key, int) and key.bit_length() > KEY_BITS):
                    raise WireError("a map with a key that is none")
            return keys, values
    return _refuse()


def _parts(message: Any) -> Iterator[Any]:
    """All parts of a message, keys too; each list and map is there as None, beside what it holds."""
    stack = [message]
    while stack:
        value = stack.pop()
        if type(value) is list:
            yield None
            stack.extend(value)
        elif type(value) is dict:
            yield None
            stack.extend(value.keys())
            stack.extend(value.values())
        else:
            yield value


def _refuse(*_: object) -> NoReturn:
    raise WireError("a tagged value, which is not plain data")
