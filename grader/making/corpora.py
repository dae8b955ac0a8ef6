"""Seeded corpora: English-like and multilingual text that nobody wrote, the same on every machine.

Only `random.Random.random` is used, whose sequence Python promises to keep for a seed.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate

END = "<|endoftext|>"
_ONSETS = "b br c ch cl d dr f fl g gr h j k l m n p pl pr qu r s sh sl sp st str t th tr v w wh y".split()
_NUCLEI = "a e i o u ai ea ee ie oa oo ou".split()
_CODAS = "b ck d g l ll m n nd ng nt p r rd rn s ss st t th x".split()
_COMMON = "the of and a to in is was that it for he as with his on be at by I had not are but from".split()
_TAILS = ["'s", "'ll", "n't", "'re", "ing", "ed", "s", "ly", "er", "est", "ness"]

_SCRIPTS = {
    "Latin": "aàâäåæçéèêëíïñóôöøœßúüýÿžščłğı",
    "Greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέή",
    "Cyrillic": "абвгдежзийклмнопрстуфхцчшщыэюя",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "Hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
    "Devanagari": "अआइईउऊएऐकखगघचछजटडतदनपबमयरलवशसहािीुूेैो्",
    "Thai": "กขคงจชซดตถทนบปผพภมยรลวสหอะาิีึุูเแโไ่้",
    "Chinese": "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出",
    "Japanese": "あいうえおかきくけこさしすせそたちつてとアイウエオカキクケコ日本語東京",
    "Korean": "가나다라마바사아자차카타파하한국어서울말글",
    "Emoji": ["😀", "🎉", "👩‍💻", "🏳️‍🌈", "🇯🇵", "👍🏽", "❤️", "🧪"],
}
_SPACES = [" ", " ", " ", " ", "\n", "\r\n", "\t", "  ", "\u00a0", "\u3000", "\u2009"]


class _Dice:
    """Choices made of `random()` alone."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def below(self, n: int) -> int:
        return int(self._random() * n)

    def of(self, options: Sequence[str]) -> str:
        return options[self.below(len(options))]

    def ranked(self, cumulative: Sequence[float]) -> int:
        return bisect(cumulative, self._random() * cumulative[-1])


def english(n_bytes: int, seed: int) -> str:
    """At least n_bytes of English-like text: Zipf's law over invented words, sentences, paragraphs.

    >>> english(40, seed=1) == english(40, seed=1)
    True
    """
    dice = _Dice(seed)
    lexicon = _COMMON + _words(dice, 2_000 + n_bytes // 100)
    cumulative = list(accumulate(1 / (rank + 2) for rank in range(len(lexicon))))
    sentences: list[str] = []
    size = 0
    while size < n_bytes:
        words = [lexicon[dice.ranked(cumulative)] for _ in range(4 + dice.below(18))]
        sentences.append(_sentence(words, dice))
        size += len(sentences[-1])
    return "".join(sentences)


def _words(dice: _Dice, count: int) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < count:
        syllables = [_syllable(dice) for _ in range(1 + dice.below(3))]
        made["".join(syllables) + (dice.of(_TAILS) if dice.below(4) == 0 else "")] = None
    return list(made)


def _syllable(dice: _Dice) -> str:
    return dice.of([*_ONSETS, ""]) + dice.of(_NUCLEI) + dice.of([*_CODAS, "", "", "", ""])


def _sentence(words: list[str], dice: _Dice) -> str:
    words = [f"{word}," if dice.below(12) == 0 else word for word in words]
    if dice.below(8) == 0:
        words[dice.below(len(words))] = str(dice.below(3000))
    text = " ".join(words)
    text = text[0].upper() + text[1:]
    if dice.below(10) == 0:
        text = f'"{text}"'
    return text + dice.of([". ", ". ", ". ", "? ", "! ", ".\n", ".\n\n", "; "])


def multilingual(n_bytes: int, seed: int) -> str:
    """At least n_bytes of UTF-8 in eleven scripts, with emoji sequences and many kinds of space.

    >>> len(multilingual(500, seed=1).encode()) >= 500
    True
    """
    dice = _Dice(seed)
    scripts = list(_SCRIPTS.values())
    parts: list[str] = []
    size = 0
    while size < n_bytes:
        letters = scripts[dice.below(len(scripts))]
        words = ["".join(dice.of(letters) for _ in range(1 + dice.below(8))) for _ in range(1 + dice.below(6))]
        parts += [word + dice.of(_SPACES) for word in words]
        parts.append(dice.of([".", "!", "。", "e\u0301 ", "12 ", "'s ", "—"]))
        size = size + sum(len(part.encode()) for part in parts[-len(words) - 1 :])
    return "".join(parts)


def documents(text: str, end: str = END) -> str:
    """The text's paragraphs as documents, each closed by a special token."""
    return "".join(f"{paragraph}{end}" for paragraph in text.split("\n\n"))
