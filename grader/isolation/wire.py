"""The trusted end of the wire: frames, and a decoder that makes nothing but plain data.

What arrives here was written by a process that the student controls. Everything that is not exactly what the
protocol allows raises `WireError`, which is the submission's fault and ends its worker.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NoReturn

import cbor2

TUPLE, CALLBACK, FEED = 40001, 40002, 40003
MAX_DEPTH = 80
HEADER = struct.Struct(">I")
_PLAIN = frozenset({int, str, bytes, float, bool, type(None)})
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
    """A message from the other end: a map of str to plain data.

    Raises:
        WireError: it is malformed, nests too deep, or holds anything but plain data.

    >>> parse(cbor2.dumps({"ok": [1, b"a"]}))
    {'ok': [1, b'a']}
    >>> parse(cbor2.dumps({1: 2}))
    Traceback (most recent call last):
    grader.isolation.wire.WireError: a message that is not a map with text keys
    """
    try:
        message = cbor2.loads(
            data,
            tag_hook=_refuse,
            semantic_decoders=dict.fromkeys(_TAGS, _refuse),
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
    except WireError:
        raise
    except Exception as error:  # noqa: BLE001  -- whatever malformed bytes make the decoder raise is their fault
        raise WireError(f"malformed data ({type(error).__name__})") from None
    for value in _parts(message):
        if type(value) not in _PLAIN:
            raise WireError(f"data of type {type(value).__name__}")
    if type(message) is not dict or not all(type(key) is str for key in message):
        raise WireError("a message that is not a map with text keys")
    return message


def _parts(message: Any) -> Iterator[Any]:
    """All scalars of a message, keys too."""
    stack = [message]
    while stack:
        value = stack.pop()
        if type(value) is list:
            stack.extend(value)
        elif type(value) is dict:
            stack.extend(value.keys())
            stack.extend(value.values())
        else:
            yield value


def _refuse(*_: object) -> NoReturn:
    raise WireError("a tagged value, which is not plain data")
