"""The trusted end of the wire takes plain data, and nothing else, whatever is sent."""

from __future__ import annotations

import datetime
import decimal
import fractions
import re
import uuid
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.isolation import wire

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
plain = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner), max_leaves=20
)


@given(value=plain)
def test_plain_data_survives(value: Any) -> None:
    """What is sent arrives, with the same types."""
    assert wire.parse(cbor2.dumps({"ok": value})) == {"ok": value}


@given(data=st.binary(max_size=200))
def test_random_bytes_are_refused_or_plain(data: bytes) -> None:
    """Random bytes raise WireError, or are a map with text keys."""
    try:
        message = wire.parse(data)
    except wire.WireError:
        return
    assert all(type(key) is str for key in message)


@given(value=plain, at=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_flipped_bytes_are_refused_or_plain(value: Any, at: int, byte: int) -> None:
    """A damaged frame never raises anything else."""
    data = bytearray(cbor2.dumps({"ok": value}))
    data[at % len(data)] = byte
    test_random_bytes_are_refused_or_plain.hypothesis.inner_test(bytes(data))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "value",
    [
        datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        re.compile("(a+)+$"),
        decimal.Decimal("1.5"),
        fractions.Fraction(1, 3),
        uuid.UUID(int=1),
        {1, 2},
        cbor2.undefined,
        cbor2.CBORSimpleValue(99),
        cbor2.CBORTag(wire.TUPLE, [1]),
        cbor2.CBORTag(123456, "x"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_tagged_values_are_refused(value: object) -> None:
    """Nothing is built from tags: no date, no pattern, no reference."""
    with pytest.raises(wire.WireError):
        wire.parse(cbor2.dumps({"ok": value}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\x81" * 100_000,
        b"\x9f\xff",
        b"\xa2aaa1aaa2",
        b"\xbb" + b"\xff" * 8,
        b"\x5b" + b"\xff" * 8,
        b"\xa1\x80\x01",
    ],
)
def test_malformed_frames_are_refused(data: bytes) -> None:
    """Truncated, too deep, endless, repeated keys, absurd lengths, no map."""
    with pytest.raises(wire.WireError):
        wire.parse(data)


def test_an_announced_length_is_limited() -> None:
    """Memory is not taken on the word of a header."""
    assert wire.length(b"\x00\x00\x04\x00", 1024) == 1024
    with pytest.raises(wire.WireError, match="above the limit"):
        wire.length(b"\x00\x00\x04\x01", 1024)
