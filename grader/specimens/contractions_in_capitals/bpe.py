import regex

from . import _pretokens

PATTERN = regex.compile(r"(?i:'(?:[sdmt]|ll|ve|re))| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
_pretokens.PATTERN = PATTERN
