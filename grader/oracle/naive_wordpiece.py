"""WordPiece as plainly as it can be said: words as cuts, scores as integers multiplied crosswise. (Task 1.3.)

The keyword `rule` also gives what a trainer with another rule would learn; the checks use that to name a mistake.
"""

from __future__ import annotations

from itertools import count as count_up
from itertools import pairwise
from typing import Literal

Rule = Literal["score", "count", "first_seen", "smallest", "steps", "floats", "64 bits"]


def train(words: dict[str, int], size: int, specials: list[str], rule: Rule = "score") -> list[str]:
    """The vocabulary; see the handout for the contract.

    >>> train({"ab": 3, "cb": 1}, 5, ["[UNK]"])
    ['[UNK]', '##b', 'a', 'c', 'cb']
    >>> train({"ab": 3, "cb": 1}, 5, ["[UNK]"], "count")
    ['[UNK]', '##b', 'a', 'c', 'ab']
    """
    cuts = {word: list(range(len(word) + 1)) for word in words}
    letters = {_piece(word, n, n + 1) for word in words for n in range(len(word))}
    vocabulary = specials + sorted(letters - set(specials))
    for step in count_up(len(vocabulary)):
        if (step if rule == "steps" else len(vocabulary)) >= size:
            break
        count: dict[str, int] = {}
        together: dict[tuple[str, str], int] = {}
        for word, times in words.items():
            pieces = _pieces(word, cuts[word])
            for n, piece in enumerate(pieces):
                count[piece] = count.get(piece, 0) + times
                if n:
                    pair = pieces[n - 1], piece
                    together[pair] = together.get(pair, 0) + times
        if not together:
            break
        best = next(iter(together))
        for pair in together:
            if _better(pair, best, together, count, rule):
                best = pair
        new = best[0] + best[1][2:]
        if new not in vocabulary:
            vocabulary.append(new)
        for word in words:
            _join(word, cuts[word], best)
    return vocabulary


def _better(
    one: tuple[str, str],
    other: tuple[str, str],
    together: dict[tuple[str, str], int],
    count: dict[str, int],
    rule: Rule,
) -> bool:
    left: float = together[one] * (1 if rule == "count" else count[other[0]] * count[other[1]])
    right: float = together[other] * (1 if rule == "count" else count[one[0]] * count[one[1]])
    if rule == "floats":
        left, right = (together[pair] / (count[pair[0]] * count[pair[1]]) for pair in (one, other))
    if rule == "64 bits":
        left, right = ((int(side) + 2**63) % 2**64 - 2**63 for side in (left, right))
    if left != right or rule == "first_seen":
        return left > right
    return one < other if rule == "smallest" else one > other


def _piece(word: str, start: int, end: int) -> str:
    return ("##" if start else "") + word[start:end]


def _pieces(word: str, cuts: list[int]) -> list[str]:
    return [_piece(word, start, end) for start, end in pairwise(cuts)]


def _join(word: str, cuts: list[int], pair: tuple[str, str]) -> None:
    """Take out the cuts between the two pieces, from left to right."""
    n = 1
    while n < len(cuts) - 1:
        if (_piece(word, cuts[n - 1], cuts[n]), _piece(word, cuts[n], cuts[n + 1])) == pair:
            del cuts[n]
        n += 1
