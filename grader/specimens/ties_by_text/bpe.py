from . import _merging

_CHAR_OF = {byte: character for character, byte in _BYTE_OF.items()}


def _by_text(token: bytes) -> str:
    return "".join(chr(0xFFFF - ord(_CHAR_OF[byte])) for byte in token) + chr(0x10000)


_merging._descending = _by_text
