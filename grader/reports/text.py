"""Text from a submission, made safe to show."""

from __future__ import annotations

import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def visible(text: str) -> str:
    r"""The text with every control, format and private character but \n as an escape.

    So no terminal is told to do anything, and no text is shown in another order than it has.

    >>> visible("a\x1b[2Jb\n\u202ec")
    'a\\x1b[2Jb\n\\u202ec'
    """
    return "".join(
        _escaped(character) if unicodedata.category(character) in _HIDDEN else character for character in text
    )


def _escaped(character: str) -> str:
    if character == "\n":
        return character
    return character.encode("unicode_escape").decode()


def points(value: float) -> str:
    """Points as people write them.

    >>> points(17.0), points(2.5)
    ('17', '2.5')
    """
    return f"{value:.10g}"


def worth(value: float) -> str:
    """Points with their noun.

    >>> worth(1), worth(2)
    ('1 point', '2 points')
    """
    return f"{points(value)} point{'' if value == 1 else 's'}"
