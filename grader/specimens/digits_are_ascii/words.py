import regex

_WORD = regex.compile(r"(?:\p{L}\.){2,}|[0-9]+(?:[.,][0-9]+)*|\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*|\S")
