"""Task 1.4: SentencePiece's normalization, and its Unigram model."""

from __future__ import annotations


def normalize(text: str) -> str:
    r"""A text as SentencePiece reads it: NFKC, each space as U+2581, and one more of these in front. (Task 1.4.)

    An empty text stays empty. Only U+0020 is a space here; NFKC makes one of many others.

    Source: Kudo and Richardson 2018, "SentencePiece".

    >>> normalize("\uff28i \u2460")
    '▁Hi▁1'
    """
    raise NotImplementedError("Task 1.4: normalize in assignment/unigram.py")


def segment(text: str, log_probs: dict[str, float]) -> list[str]:
    """The most probable way to cut a text into pieces, by Viterbi's algorithm. (Task 1.4.)

    A way's score is the sum of its pieces' scores. A character that is not a piece of the vocabulary is one by
    itself, with a score of 10 below the lowest of the vocabulary. Of equally good ways, any will do.

    Args:
        text: taken as it is; joined, the pieces give it back.
        log_probs: pieces and the natural logarithms of their probabilities; at least one.

    Source: Kudo 2018, "Subword Regularization".

    >>> from math import log
    >>> segment("hugs", {"hug": log(0.1), "s": log(0.1), "hu": log(0.2), "gs": log(0.1)})
    ['hu', 'gs']
    """
    raise NotImplementedError("Task 1.4: segment in assignment/unigram.py")


def expected_counts(word_counts: dict[str, int], log_probs: dict[str, float]) -> dict[str, float]:
    """How often each piece is expected to occur in some words, over all ways to cut them. (Task 1.4.)

    A way's probability is the product of its pieces' probabilities, divided by the sum over all ways of the
    word. The forward-backward algorithm gives the expectation without listing the ways.

    Args:
        word_counts: words and how often each occurs.
        log_probs: as in `segment`; only its pieces are used, no unknown characters.

    Returns:
        the expected count of every piece of log_probs, 0.0 for one that does not occur.

    Raises:
        ValueError: a word can't be cut into pieces; the message names it.

    >>> from math import log
    >>> counts = expected_counts({"ab": 10}, {"a": log(0.5), "b": log(0.25), "ab": log(0.25)})
    >>> {piece: round(count, 9) for piece, count in counts.items()}  # 0.125 against 0.25
    {'a': 3.333333333, 'b': 3.333333333, 'ab': 6.666666667}
    """
    raise NotImplementedError("Task 1.4: expected_counts in assignment/unigram.py")


def em_step(word_counts: dict[str, int], log_probs: dict[str, float]) -> dict[str, float]:
    """One step of expectation-maximization: pieces get the probabilities of their expected counts. (Task 1.4.)

    Returns:
        log_probs of the pieces whose expected count is above 0, in the order given; their probabilities sum to 1.

    Raises:
        ValueError: as `expected_counts`.

    >>> from math import exp, log
    >>> better = em_step({"ab": 10}, {"a": log(0.5), "b": log(0.25), "ab": log(0.2), "c": log(0.05)})
    >>> {piece: round(exp(score), 3) for piece, score in better.items()}
    {'a': 0.278, 'b': 0.278, 'ab': 0.444}
    """
    raise NotImplementedError("Task 1.4: em_step in assignment/unigram.py")


def removal_losses(word_counts: dict[str, int], log_probs: dict[str, float]) -> dict[str, float]:
    """For each piece of two or more characters: what the words' best score loses without it. (Task 1.4.)

    The score is that of each word's best way, as in `segment`, times how often the word occurs, summed over the
    words. Without a piece, the others keep their scores.

    Args:
        word_counts: words and how often each occurs.
        log_probs: as in `segment`; every character of the words is a piece.

    >>> from math import log
    >>> {piece: round(loss, 3) for piece, loss in removal_losses(
    ...     {"ab": 10, "b": 1}, {"a": log(0.5), "b": log(0.25), "ab": log(0.2), "ba": log(0.05)}).items()}
    {'ab': 4.7, 'ba': 0.0}
    """
    raise NotImplementedError("Task 1.4: removal_losses in assignment/unigram.py")


def prune(log_probs: dict[str, float], losses: dict[str, float], size: int) -> dict[str, float]:
    """The vocabulary cut to a size: single characters stay, then come the greatest losses. (Task 1.4.)

    Of equal losses, the shorter piece stays, of equally long ones the lower in order of code points.

    Returns:
        the log_probs of what stays, as they were and in the order given.

    Raises:
        ValueError: size is below the number of single characters; the message names it.

    >>> prune({"a": -1.0, "ab": -2.0, "b": -1.5, "ba": -3.0}, losses={"ab": 4.7, "ba": 0.0}, size=3)
    {'a': -1.0, 'ab': -2.0, 'b': -1.5}
    """
    raise NotImplementedError("Task 1.4: prune in assignment/unigram.py")


def encode(text: str, log_probs: dict[str, float]) -> list[int]:
    """The ids of a text: normalized, cut by `segment`, with bytes for what is unknown. (Task 1.4.)

    Ids 0 to 255 are bytes; the pieces of log_probs follow from 256 on, in the order given. A character that is not
    a piece becomes its UTF-8 bytes (*byte fallback*).

    >>> encode("a日", {"▁a": -1.0, "a": -2.0})
    [256, 230, 151, 165]
    """
    raise NotImplementedError("Task 1.4: encode in assignment/unigram.py")


def decode(ids: list[int], log_probs: dict[str, float]) -> str:
    """The text of ids: bytes joined and decoded once, U+2581 as spaces, without the one in front. (Task 1.4.)

    Malformed bytes become U+FFFD.

    Raises:
        ValueError: an id is not in the vocabulary; the message names it.

    >>> decode([256, 230, 151, 165], {"▁a": -1.0, "a": -2.0})
    'a日'
    """
    raise NotImplementedError("Task 1.4: decode in assignment/unigram.py")
