import regex as _rx

_pattern_w = _rx.compile(r"(?:\p{L}\.){2,}|\p{N}+(?:[.,]\p{N}+)*|\p{L}[\p{L}\p{M}]*(?:['’-][\p{L}\p{M}]+)*|\S")


def split_words(text):
    return _pattern_w.findall(text)
