"""Serves tiny models number by number: what is read and multiplied is counted one at a time. (Task 4.8.)"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

HEADS = {"multi-head": "heads", "grouped": "kv_heads"}
MOST = 40
"""Batches and lengths that are tried before a search gives up."""


def kept(model: dict[str, Any]) -> Iterator[str]:
    """The numbers that one layer keeps of one token, by name.

    >>> list(kept({"attention": "grouped", "kv_heads": 1, "head_dim": 2}))
    ['key', 'value', 'key', 'value']
    """
    if model["attention"] == "latent":
        yield from ["latent"] * model["latent_dim"]
        yield from ["rotary"] * model["rotary_dim"]
        return
    for _ in range(1 if model["attention"] == "multi-query" else model[HEADS[model["attention"]]]):
        for _ in range(model["head_dim"]):
            yield "key"
            yield "value"


def cache(model: dict[str, Any], tokens: int) -> int:
    """Bytes of a cache."""
    return sum(model["cache_itemsize"] for _ in range(tokens * model["layers"]) for _ in kept(model))


def attend(model: dict[str, Any], context: int) -> int:
    """FLOPs of one token's scores and mix: each head of queries multiplies and adds number by number."""
    one = {"attention": "multi-query", "head_dim": model.get("head_dim")}
    seen = list(kept(model if model["attention"] == "latent" else one))
    flops = 0
    for _ in range(model["layers"] * model["heads"] * context):
        for name in seen:
            flops += 2 * (name in ("key", "latent", "rotary"))
            flops += 2 * (name in ("value", "latent"))
    return flops


def step(model: dict[str, Any], batch: int, context: int) -> tuple[int, int]:
    """FLOPs and bytes of a step of decode."""
    flops = n_bytes = 0
    for _ in range(model["parameters"]):
        n_bytes += model["weight_itemsize"]
        flops += 2 * batch
    for _ in range(batch):
        n_bytes += cache(model, context)
        flops += attend(model, context)
    return flops, n_bytes


def prefill(model: dict[str, Any], tokens: int) -> tuple[int, int]:
    """FLOPs and bytes of reading one prompt."""
    flops = sum(2 * model["parameters"] + attend(model, tokens) for _ in range(tokens))
    return flops, sum(model["weight_itemsize"] for _ in range(model["parameters"])) + cache(model, tokens)


def seconds(work: tuple[int, int], peak: int, bytes_per_s: int) -> Fraction:
    """How long some FLOPs and bytes take."""
    return max(Fraction(work[0], peak), Fraction(work[1], bytes_per_s))


def by_compute(work: tuple[int, int], peak: int, bytes_per_s: int) -> bool:
    """Whether arithmetic takes as long as memory, or longer."""
    return Fraction(work[0], peak) >= Fraction(work[1], bytes_per_s)


def least_batch(model: dict[str, Any], context: int, peak: int, bytes_per_s: int) -> int | None:
    """The least batch that compute limits, by trying; None where none of the first few is."""
    works = ((n, step(model, n, context)) for n in range(1, MOST))
    return next((n for n, work in works if by_compute(work, peak, bytes_per_s)), None)


def least_prompt(model: dict[str, Any], peak: int, bytes_per_s: int) -> int | None:
    """The least prompt that compute limits, by trying."""
    works = ((n, prefill(model, n)) for n in range(1, MOST))
    return next((n for n, work in works if by_compute(work, peak, bytes_per_s)), None)


def answers(model: dict[str, Any], batch: int, prompt: int, answer: int) -> int:
    """Bytes of all steps, one after the other."""
    return sum(step(model, batch, prompt + n)[1] for n in range(1, answer + 1))
