"""Plain data: what may cross from a submission to a check, and nothing else.

Types are compared exactly (`type(x) is int`), so a subclass with its own `__eq__` never reaches a check.
In the student's own process and in the grader alike, every answer passes through here.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from tests.harness.outcomes import NotPlain

SCALARS = (int, str, bytes, float, bool, NoneType)
MAX_DEPTH = 64
MAX_BITS = 8_192
"""Of an int: Python writes out no longer ones, and no answer is nearly as long."""

KEY_BITS = 60
"""Of an int that is a key of a dict."""

MAX_FLOAT_BITS = 1_024
"""Of an int that a float can hold."""

SHOWN_DEPTH = 6
"""Deeper parts of a value are shown as dots."""


def plain(value: object, depth: int = 0) -> Any:
    """A copy of value made of exact built-in types; tuples become lists.

    Raises:
        NotPlain: some part has another type; the message says which and where.

    >>> plain((1, [b"a"], {"x": None}))
    [1, [b'a'], {'x': None}]
    """
    kind = type(value)
    if kind is str:
        try:
            value.encode()  # type: ignore[attr-defined]
        except UnicodeEncodeError:
            raise NotPlain("a str with lone surrogates, which is no text") from None
    if kind in SCALARS:
        return value
    if depth > MAX_DEPTH:
        raise NotPlain(f"nested more than {MAX_DEPTH} deep")
    if kind is list or kind is tuple:
        return [plain(item, depth + 1) for item in value]  # type: ignore[attr-defined]
    if kind is dict:
        return {_key(key): plain(item, depth + 1) for key, item in value.items()}  # type: ignore[attr-defined]
    raise NotPlain(f"a {kind.__module__}.{kind.__qualname__}, which is not plain data")


def _key(key: object) -> object:
    if type(key) is int and key.bit_length() > KEY_BITS:
        raise NotPlain(f"a dict key of more than {KEY_BITS} bits")
    if type(key) in (int, str, bytes, bool):
        return key
    raise NotPlain(f"a dict key of type {type(key).__qualname__}, which is not int, str or bytes")


def conform(value: object, contract: Any, where: str = "the answer") -> Any:
    """The plain value as its contract types it; a list where a tuple is declared becomes one.

    Contracts are built of int, str, bytes, float, bool, None, list[T], dict[K, V], tuple[A, B],
    tuple[T, ...], T | None. Where a float is declared, an int becomes one, as type checkers have it.

    Raises:
        NotPlain: a part has another type; the message names the place, both types and the value.

    >>> conform([[1, b"a"]], list[tuple[int, bytes]])
    [(1, b'a')]
    >>> conform({"a": 0}, dict[int, bytes])
    Traceback (most recent call last):
    tests.harness.outcomes.NotPlain: a key of the answer is str 'a', not int
    """
    origin = get_origin(contract)
    if origin is UnionType:  # T | None
        wanted = next(part for part in get_args(contract) if part is not NoneType)
        return None if value is None else conform(value, wanted, where)
    if origin is None:
        expected = NoneType if contract is None else contract
        if expected is float and type(value) is int and value.bit_length() < MAX_FLOAT_BITS:
            return float(value)
        if type(value) is not expected:
            raise NotPlain(f"{where} is {type(value).__name__} {short(value)}, not {expected.__name__}")
        if isinstance(value, int) and value.bit_length() > MAX_BITS:
            raise NotPlain(f"{where} is an int of {value.bit_length():,} bits, more than anything here takes")
        return value
    shape = dict if origin is dict else list
    if type(value) is not shape:
        raise NotPlain(f"{where} is {type(value).__name__} {short(value)}, not {origin.__name__}")
    parts = get_args(contract)
    if isinstance(value, dict):
        keys = [conform(key, parts[0], f"a key of {where}") for key in value]
        items = [conform(item, parts[1], f"{where}[{short(key)}]") for key, item in value.items()]
        return dict(zip(keys, items, strict=True))
    assert isinstance(value, list)
    if origin is list:
        return [conform(item, parts[0], f"{where}[{n}]") for n, item in enumerate(value)]
    if parts[1:] == (...,):
        parts = (parts[0],) * len(value)
    if len(value) != len(parts):
        raise NotPlain(f"{where} has {len(value)} items, not {len(parts)}: {short(value)}")
    return tuple(
        conform(item, part, f"{where}[{n}]") for n, (item, part) in enumerate(zip(value, parts, strict=True))
    )


def short(value: object, width: int = 80, depth: int = 0) -> str:
    """A bounded `repr` of plain data, in ASCII-safe and terminal-safe form; its cost is bounded, too.

    >>> short(list(range(1000)), 30)
    '[0, 1, 2, 3, 4, 5, ..., 999]'
    """
    if type(value).__module__ == "torch" and hasattr(value, "dtype"):
        return _tensor(value)
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an int of {value.bit_length()} bits"
    if isinstance(value, (str, bytes)) and len(value) > width:
        return f"{_shorten(repr(value[:width]), width - 4)} ({len(value):,} long)"
    if isinstance(value, (list, tuple, dict)) and value:
        brackets = "[]" if isinstance(value, list) else "()" if isinstance(value, tuple) else "{}"
        if depth == SHOWN_DEPTH:
            return f"{brackets[0]}...{brackets[1]}"
        whole = list(value.items()) if isinstance(value, dict) else value
        return _sequence(whole, width, brackets, depth + 1)
    return _shorten(repr(value), width)


def _tensor(tensor: Any) -> str:
    dtype, layout = (str(name).removeprefix("torch.") for name in (tensor.dtype, tensor.layout))
    if layout != "strided":
        return f"<{layout} {dtype} {tuple(tensor.shape)}>"
    device = "" if tensor.device.type == "cpu" else f" on {tensor.device.type}"
    where = f", strides {tensor.stride()}, offset {tensor.storage_offset()}" if tensor.dim() else ""
    return f"<{dtype}{device} {tuple(tensor.shape)}{where}>"


def _sequence(whole: Sequence[object], width: int, brackets: str, depth: int) -> str:
    def show(item: Any, width: int) -> str:
        if brackets == "{}":
            return f"{short(item[0], width, depth)}: {short(item[1], width, depth)}"
        return short(item, width, depth)

    shown: list[str] = []
    room = width
    while room >= 0 and len(shown) < len(whole):
        shown.append(show(whole[len(shown)], width))
        room -= len(shown[-1]) + 2
    inner = ", ".join(shown)
    if len(shown) == len(whole) and len(inner) <= width:
        comma = "," if brackets == "()" and len(whole) == 1 else ""
        return f"{brackets[0]}{inner}{comma}{brackets[1]}"
    tail = show(whole[-1], 20)
    kept: list[str] = []
    room = width - len(tail) - 7
    for item in shown[:-1]:
        if len(item) + 2 > room:
            break
        kept.append(item)
        room -= len(item) + 2
    return f"{brackets[0]}{', '.join([*kept, '...', tail])}{brackets[1]}"


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."
