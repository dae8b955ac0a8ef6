"""Task 1.1."""

from __future__ import annotations

import operator
from collections import Counter
from fractions import Fraction
from itertools import chain, count, islice

import regex

_UNK = "[UNK]"
_LEXER = regex.compile(
    r"""(?P<abbreviation>(?:\p{L}\.){2,})
      | (?P<number>\p{N}+(?:[.,]\p{N}+)*)
      | (?P<word>\p{L}[\p{L}\p{M}]*(?:['’\-]\p{L}[\p{L}\p{M}]*)*)
      | (?P<other>\S)""",
    regex.VERBOSE,
)


def split_words(text):
    return list(map(operator.itemgetter(0), _LEXER.finditer(text)))


def build_vocabulary(texts, max_size):
    if max_size < 1:
        raise ValueError(f"max_size={max_size} leaves no room for {_UNK}")
    tally = Counter(chain.from_iterable(map(split_words, texts)))
    ranked = sorted(sorted(tally), key=tally.__getitem__, reverse=True)  # stable sort keeps code points
    return dict(zip(islice(chain([_UNK], ranked), max_size), count()))


class _WithDefault(dict):
    def __missing__(self, key):
        return self[_UNK]


def words_to_ids(words, vocabulary):
    lookup = _WithDefault(vocabulary)
    return [lookup[w] for w in words]


def ids_to_words(ids, vocabulary):
    back = dict(map(reversed, vocabulary.items()))
    return [*map(back.__getitem__, ids)]  # KeyError shows the id


def compression_ratio(text, ids):
    match len(text.encode()), len(ids):
        case 0, 0:
            return 1.0
        case n, 0:
            raise ValueError(f"{n} bytes but no tokens")
        case n, m:
            return float(Fraction(n, m))
