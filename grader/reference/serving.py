"""Task 4.8: what serving a model takes of memory, bandwidth and arithmetic.

A model is a dict: "parameters", "layers", "heads", "head_dim", "attention", and the bytes of a number,
"weight_itemsize" and "cache_itemsize". Its attention is "multi-head", "grouped" (with "kv_heads"), "multi-query",
or "latent" (with "latent_dim" and "rotary_dim"). A key that its attention does not use may be there or not.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any


def cache_bytes(model: dict[str, Any], tokens: int) -> int:
    """Bytes that a model keeps of so many tokens, in all layers. (Task 4.8.)

    Raises:
        ValueError: there is no such attention; the message names it.

    >>> tiny = {"parameters": 100, "layers": 2, "heads": 3, "head_dim": 5, "attention": "multi-query"}
    >>> tiny |= {"weight_itemsize": 1, "cache_itemsize": 2}
    >>> cache_bytes(tiny, 3), cache_bytes(tiny | {"attention": "latent", "latent_dim": 4, "rotary_dim": 1}, 3)
    (120, 60)
    """
    kind = model["attention"]
    if kind == "latent":
        numbers = model["latent_dim"] + model["rotary_dim"]
    elif kind in ("multi-head", "grouped", "multi-query"):
        pairs = {"multi-head": "heads", "grouped": "kv_heads"}.get(kind)
        numbers = 2 * (model[pairs] if pairs else 1) * model["head_dim"]
    else:
        raise ValueError(f"no attention {kind!r}; there are multi-head, grouped, multi-query and latent")
    return int(tokens * model["layers"] * numbers * model["cache_itemsize"])


def decode_step(model: dict[str, Any], batch: int, context: int) -> dict[str, int]:
    """What one step does that gives each sequence of a batch one token. (Task 4.8.)

    Args:
        model: as above.
        batch: sequences.
        context: tokens in the cache of each of them, the newest one included.

    Returns:
        "flops": 2 for each parameter and sequence, and those of scores and mix; and "n_bytes": the weights, which
        are read once, and the caches of all sequences.

    >>> tiny = {"parameters": 100, "layers": 2, "heads": 3, "head_dim": 5, "attention": "multi-query"}
    >>> decode_step(tiny | {"weight_itemsize": 1, "cache_itemsize": 2}, batch=4, context=10)
    {'flops': 5600, 'n_bytes': 1700}
    """
    each = 2 * model["parameters"] + context * _pair_flops(model)
    return {"flops": batch * each, "n_bytes": _weights(model) + batch * cache_bytes(model, context)}


def tokens_per_s(model: dict[str, Any], batch: int, context: int, peak: int, bytes_per_s: int) -> int:
    """Tokens that all sequences get in a second, by the roofline, rounded down. (Task 4.8.)

    >>> tiny = {"parameters": 100, "layers": 2, "heads": 3, "head_dim": 5, "attention": "multi-query"}
    >>> tokens_per_s(tiny | {"weight_itemsize": 1, "cache_itemsize": 2}, 4, 10, peak=10**6, bytes_per_s=10**5)
    235
    """
    return int(_rate(model, batch, context, peak, bytes_per_s))


def answer_us(model: dict[str, Any], batch: int, prompt: int, answer: int, bytes_per_s: int) -> int:
    """Whole microseconds, rounded up, that memory takes for all steps of answers. (Task 4.8.)

    Each sequence has so many tokens in its cache before its answer, which is so many tokens long. The first step
    adds the first of them to the cache, and reads it, too.

    >>> tiny = {"parameters": 100, "layers": 2, "heads": 3, "head_dim": 5, "attention": "multi-query"}
    >>> answer_us(tiny | {"weight_itemsize": 1, "cache_itemsize": 2}, 4, prompt=9, answer=2, bytes_per_s=10**5)
    35600
    """
    read = answer * prompt + answer * (answer + 1) // 2
    moved = answer * _weights(model) + batch * cache_bytes(model, read)
    return -(-moved * 10**6 // bytes_per_s)


def batch_for_compute(model: dict[str, Any], context: int, peak: int, bytes_per_s: int) -> int | None:
    """The least batch at which a step is bound by compute. (Task 4.8.)

    Returns:
        None where memory limits every batch.

    >>> tiny = {"parameters": 100, "layers": 2, "heads": 3, "head_dim": 5, "attention": "multi-query"}
    >>> tiny |= {"weight_itemsize": 1, "cache_itemsize": 2}
    >>> [batch_for_compute(tiny, context, peak=4, bytes_per_s=1) for context in (1, 4, 5)]
    [3, 10, None]
    """
    gained = (2 * model["parameters"] + context * _pair_flops(model)) * bytes_per_s
    gained -= cache_bytes(model, context) * peak
    return -(-_weights(model) * peak // gained) if gained > 0 else None


def prompt_for_compute(model: dict[str, Any], peak: int, bytes_per_s: int) -> int:
    """The least length at which reading one prompt is bound by compute. (Task 4.8.)

    All tokens of the prompt are worked on at once, and each meets all of them. The weights are read once, and the
    cache of the prompt is written once.

    >>> tiny = {"parameters": 100, "layers": 2, "heads": 3, "head_dim": 5, "attention": "multi-query"}
    >>> prompt_for_compute(tiny | {"weight_itemsize": 1, "cache_itemsize": 2}, peak=4, bytes_per_s=1)
    2
    """
    square = _pair_flops(model) * bytes_per_s
    linear: int = 2 * model["parameters"] * bytes_per_s - cache_bytes(model, 1) * peak
    root = isqrt(linear**2 + 4 * square * _weights(model) * peak - 1) + 1
    return -(-(root - linear) // (2 * square))


def largest_batch(model: dict[str, Any], context: int, gb: int) -> int:
    """The most sequences whose caches of so many tokens fit beside the weights, or 0. (Task 4.8.)

    >>> tiny = {"parameters": 100, "layers": 2, "heads": 3, "head_dim": 5, "attention": "multi-query"}
    >>> largest_batch(tiny | {"weight_itemsize": 1, "cache_itemsize": 2}, context=1000, gb=1)
    24999
    """
    return max(gb * 10**9 - _weights(model), 0) // cache_bytes(model, context)


def longest_context(model: dict[str, Any], batch: int, gb: int) -> int:
    """The most tokens that each of so many sequences can have in its cache beside the weights, or 0. (Task 4.8.)

    >>> tiny = {"parameters": 100, "layers": 2, "heads": 3, "head_dim": 5, "attention": "multi-query"}
    >>> longest_context(tiny | {"weight_itemsize": 1, "cache_itemsize": 2}, batch=7, gb=1)
    3571428
    """
    return max(gb * 10**9 - _weights(model), 0) // cache_bytes(model, batch)


def serves_more(
    model: dict[str, Any], other: dict[str, Any], context: int, gb: int, peak: int, bytes_per_s: int
) -> str:
    """Which of two models gives more tokens in a second, each with the largest batch that fits. (Task 4.8.)

    Returns:
        "first", "second", or "both" where they give the same, as where neither has room for one sequence.

    >>> tiny = {"parameters": 100, "layers": 2, "heads": 3, "head_dim": 5, "attention": "multi-query"}
    >>> tiny |= {"weight_itemsize": 1, "cache_itemsize": 2}
    >>> serves_more(tiny, tiny | {"attention": "multi-head"}, context=1000, gb=1, peak=10**15, bytes_per_s=10**12)
    'first'
    """
    one, two = (
        _rate(each, largest_batch(each, context, gb), context, peak, bytes_per_s) for each in (model, other)
    )
    return "both" if one == two else "first" if one > two else "second"


def _weights(model: dict[str, Any]) -> int:
    """Bytes of the weights."""
    return int(model["parameters"] * model["weight_itemsize"])


def _pair_flops(model: dict[str, Any]) -> int:
    """FLOPs of scores and mix, in all layers, for a token that meets one token of its cache."""
    if model["attention"] == "latent":
        width = 2 * model["latent_dim"] + model["rotary_dim"]
    else:
        width = 2 * model["head_dim"]
    return int(2 * model["layers"] * model["heads"] * width)


def _rate(model: dict[str, Any], batch: int, context: int, peak: int, bytes_per_s: int) -> Fraction:
    step = decode_step(model, batch, context)
    return batch / max(Fraction(step["flops"], peak), Fraction(step["n_bytes"], bytes_per_s))
