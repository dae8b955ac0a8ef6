import regex

_WORD = regex.compile(
    r"(?:\p{L}\.){2,}|\p{N}+(?:[.,]\p{N}+)*|[\p{L}_][\p{L}\p{M}_]*(?:['’-][\p{L}_][\p{L}\p{M}_]*)*|\S"
)
