"""A small BPE vocabulary made by hand, and GPT-2's printable form, for the checks of task 1.2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent.parent / "fixtures"

MERGES = [(b"t", b"h"), (b" ", b"c"), (b" ", b"a"), (b"th", b"e"), (b" a", b"t"), (b"e", b"s")]
"""The merges of the worked example in CS336's first assignment, plus one that competes with `the`."""

Vocab = dict[int, bytes]
Merges = list[tuple[bytes, bytes]]


def vocab_of(merges: Merges, special_tokens: list[str]) -> Vocab:
    """The vocabulary that training would give: special tokens, bytes, merges.

    >>> vocab_of([(b"t", b"h")], ["<|x|>"])[257]
    b'th'
    """
    tokens = [token.encode() for token in special_tokens] + [bytes([b]) for b in range(256)]
    return dict(enumerate(tokens + [left + right for left, right in merges]))


def snapshot(name: str) -> dict[str, Any]:
    """A recorded training: corpus, arguments, vocab and merges as bytes, and encodings."""
    data: dict[str, Any] = json.loads((FIXTURES / "bpe" / f"{name}.json").read_text(encoding="utf-8"))
    data["corpus"] = (FIXTURES / "corpora" / data["corpus"]).read_bytes()
    data["vocab"] = {n: unprintable(token) for n, token in enumerate(data["vocab"])}
    data["merges"] = [(unprintable(left), unprintable(right)) for left, right in data["merges"]]
    return data


def printable(token: bytes) -> str:
    """GPT-2's printable form of a token.

    >>> printable(b" the")
    'Ġthe'
    """
    return "".join(CHARACTERS[byte] for byte in token)


def unprintable(token: str) -> bytes:
    """The bytes of a printable form.

    >>> unprintable("Ġthe")
    b' the'
    """
    return bytes(CHARACTERS.index(character) for character in token)


def _characters() -> str:
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    substitutes = iter(range(256, 512))
    return "".join(chr(byte if byte in visible else next(substitutes)) for byte in range(256))


CHARACTERS = _characters()
