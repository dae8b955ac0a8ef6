"""Text that is not ours, made safe to show: it moves no cursor, gives no command, and stays where it is put."""

from __future__ import annotations

import re
import unicodedata

_BLANK = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)))
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Printable characters that nothing is seen of."""

_COMMAND = re.compile(r"^(?P<space>[^\S\n]*):(?=:)|#(?=#\w*\[)", re.MULTILINE)
"""What GitHub, Azure and TeamCity obey in a log: `::` behind no more than spaces; `##[` and `##vso[` anywhere."""

_PLAIN = re.compile(r"[ -~\n]*")

_MARKS = 3
"""As many accents may stand on one letter; more of them cover the lines above. On a quote they are not seen."""


def visible(text: str) -> str:
    r"""The text with an escape for each character that is not seen as itself, but for \n, and without commands.

    So no terminal and no log is told to do anything, and no text is shown in another order than it has.

    >>> visible("a\x1b[2Jb\n\u202ec"), visible(" ::error::x ##[group]y")
    ('a\\x1b[2Jb\n\\u202ec', ' \\x3a:error::x \\x23#[group]y')
    """
    if _PLAIN.fullmatch(text):
        return _COMMAND.sub(_told, text)
    shown, marks = [], _MARKS
    for character in text:
        kind = unicodedata.category(character)
        mark = kind in ("Mn", "Me")
        marks = marks + 1 if mark else _MARKS if kind[0] in "PZC" else 0
        shown.append(character if _seen(character) and marks <= _MARKS else _escaped(character))
    return _COMMAND.sub(_told, "".join(shown))


def one_line(text: str) -> str:
    r"""The same, with an escape for \n, too.

    >>> one_line("a\n::error::b")
    'a\\n::error::b'
    """
    return visible(text.replace("\n", "\\n"))


def apart(one: str, other: str) -> tuple[str, str]:
    r"""Two texts with an escape for each combining mark, if they differ and would look the same.

    >>> apart("\xe9", "e\u0301"), apart("e\u0301", "a")
    (('\xe9', 'e\\u0301'), ('e\u0301', 'a'))
    """
    same = one != other and unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    return (_without_marks(one), _without_marks(other)) if same else (one, other)


def _without_marks(text: str) -> str:
    return "".join(_escaped(each) if unicodedata.category(each)[0] == "M" else each for each in text)


def quoted(text: str, by: str = "  ") -> str:
    r"""The same as `visible`, with something before each line: none of it stands where a line of ours begins.

    >>> quoted("f(1)\nScore 97 of 97")
    '  f(1)\n  Score 97 of 97'
    """
    return "\n".join(f"{by}{line}" for line in visible(text).split("\n"))


def encodable(text: str) -> str:
    r"""The text with an escape for each surrogate, which no file and no terminal can hold.

    >>> encodable("a\udcff")
    'a\\udcff'
    """
    return text.encode("utf-8", "backslashreplace").decode()


def _seen(character: str) -> bool:
    return character == "\n" or (character.isprintable() and character not in _BLANK)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _told(found: re.Match[str]) -> str:
    return "\\x23" if found["space"] is None else f"{found['space']}\\x3a"
