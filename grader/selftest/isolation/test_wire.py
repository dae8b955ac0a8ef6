"""The trusted end of the wire takes plain data, and nothing else, whatever is sent."""

from __future__ import annotations

import datetime
import decimal
import fractions
import re
import time
import uuid
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.files import PROJECT
from grader.isolation import wire
from grader.isolation.inside import child
from grader.model import Limits
from tests.harness import direct
from tests.harness.plain import KEY_BITS
from tests.harness.plain import plain as plain_data

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
keys = st.text() | st.binary() | st.booleans() | st.integers(1 - 2**wire.KEY_BITS, 2**wire.KEY_BITS - 1)
plain = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)


@given(value=plain)
def test_plain_data_survives(value: Any) -> None:
    """What is sent arrives, with the same types."""
    arrived = wire.parse(cbor2.dumps({"ok": child.plain(value)}))
    assert arrived == {"ok": value}
    assert repr(arrived) == repr({"ok": value})


@given(before=plain, after=plain)
def test_both_sides_see_the_same_changes(before: Any, after: Any) -> None:
    """What runs beside student code stands alone, and yet says of arguments what a student's own run says."""
    assert child.own(before) == direct.own(before) == before
    for value in (after, direct.own(before)):
        assert child.same(before, value) is direct.same(before, value)
    assert child.same(before, direct.own(before))
    names = ("split_words", "words.py", ["split_word", "re"])
    assert child.missing(*names) == direct.missing(*names)
    assert (child.MOST_PLACES, child.MOST_LINE) == (direct.MOST_PLACES, direct.MOST_LINE)


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
    data = bytearray(cbor2.dumps({"ok": child.plain(value)}))
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
        cbor2.CBORTag(wire.MAP, [[1], [2, 3]]),
        cbor2.CBORTag(wire.MAP, [[1, 1], [2, 3]]),
        cbor2.CBORTag(wire.MAP, [[1.5], [2]]),
        cbor2.CBORTag(wire.MAP, [[[1]], [2]]),
        cbor2.CBORTag(wire.MAP, [[{}], [2]]),
        cbor2.CBORTag(wire.MAP, {1: 2}),
        cbor2.CBORTag(wire.MAP, 1),
        {1: 2},
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
        b"\xa1\x62ok\x01\x00",
    ],
)
def test_malformed_frames_are_refused(data: bytes) -> None:
    """Truncated, too deep, endless, repeated keys, absurd lengths, no map, more behind it."""
    with pytest.raises(wire.WireError):
        wire.parse(data)


P = 2**61 - 1
"""Its multiples have one hash, which is 0."""

WIDE = 2**19


def tagged(keys: list[Any]) -> object:
    """A map of these keys, as the other end sends it."""
    return cbor2.CBORTag(wire.MAP, [keys, [0] * len(keys)])


def raw_map(keys: list[int]) -> bytes:
    """A map as CBOR has it, whose keys the decoder would put into a dict."""
    pairs = b"".join(cbor2.dumps(key) + b"\0" for key in keys)
    return b"\xa1\x62ok\xba" + len(keys).to_bytes(4, "big") + pairs


@pytest.mark.parametrize(
    "data",
    [
        raw_map([n * P for n in range(60_000)]),
        raw_map([*range(60_000)]),
        cbor2.dumps({"ok": tagged([n * P for n in range(60_000)])}),
        cbor2.dumps({"ok": [tagged([*range(n << 10, (n + 1) << 10)]) for n in range(17)]}),
        cbor2.dumps({"ok": [[]] * WIDE}),
        cbor2.dumps({"ok": [{}] * WIDE}),
        cbor2.dumps({"ok": [0] * WIDE}),
        cbor2.dumps({"ok": tagged([1 << 8_000_000])}),
        cbor2.dumps({"ok": [tagged([])] * (WIDE >> 2)}),
    ],
    ids=["collide", "many", "tagged", "parts", "lists", "maps", "numbers", "long", "empty"],
)
def test_reading_an_answer_takes_little_time_whatever_it_holds(data: bytes) -> None:
    """What costs more than its bytes tell is refused before it is built: maps by keys, all else by values."""
    started = time.process_time()
    with pytest.raises(wire.WireError):
        wire.parse(data)
    assert time.process_time() - started < 2


def test_the_largest_maps_that_are_read_take_little_time() -> None:
    """Keys that share their last bits, as far as they are let in."""
    keys = [n << 44 for n in range(wire.MAX_NUMBERS - 1)]
    started = time.process_time()
    assert len(wire.parse(cbor2.dumps({"ok": tagged(keys)}))["ok"]) == len(keys)
    assert time.process_time() - started < 1


def test_an_announced_length_is_limited() -> None:
    """Memory is not taken on the word of a header."""
    assert wire.length(b"\x00\x00\x04\x00", 1024) == 1024
    with pytest.raises(wire.WireError, match="above the limit"):
        wire.length(b"\x00\x00\x04\x01", 1024)


def test_what_an_answer_may_hold_stands_in_the_handout() -> None:
    """The same bounds on both sides of the wire, in a student's own run, and in the text."""
    text = " ".join((PROJECT / "handout.md").read_text(encoding="utf-8").split())
    assert f"may take {Limits().answer_mib} MiB and hold {wire.MAX_VALUES:,} values" in text
    assert f"at most {wire.KEY_BITS} bits, and there are at most {wire.MAX_NUMBERS - 1:,} of them" in text
    assert {child.KEY_BITS, KEY_BITS} == {wire.KEY_BITS}
    for side in (child.plain, plain_data):
        side({(1 << wire.KEY_BITS) - 1: 1})
        with pytest.raises(Exception, match=f"a dict key of more than {wire.KEY_BITS} bits"):
            side({1 << wire.KEY_BITS: 1})
