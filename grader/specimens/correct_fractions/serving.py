"""Task 4.8, with times as fractions."""

from __future__ import annotations

from collections import namedtuple
from fractions import Fraction
from itertools import count
from math import ceil, floor

Step = namedtuple("Step", "flops n_bytes")


class NoSuchAttention(KeyError, ValueError):
    """Its message names the attention."""


def _kept(model):
    kind = model["attention"]
    if kind == "latent":
        return model["latent_dim"] + model["rotary_dim"]
    if kind == "multi-query":
        return 2 * model["head_dim"]
    if kind not in ("multi-head", "grouped"):
        raise NoSuchAttention(kind)
    return 2 * model["head_dim"] * model["heads" if kind == "multi-head" else "kv_heads"]


def _seen(model):
    if model["attention"] == "latent":
        return _kept(model) + model["latent_dim"]
    return 2 * model["head_dim"]


def cache_bytes(model, tokens):
    return _kept(model) * model["cache_itemsize"] * model["layers"] * tokens


def _step(model, batch, context):
    flops = 2 * batch * (model["parameters"] + context * model["layers"] * model["heads"] * _seen(model))
    return Step(flops, model["parameters"] * model["weight_itemsize"] + cache_bytes(model, batch * context))


def decode_step(model, batch, context):
    return _step(model, batch, context)._asdict()


def _times(step, peak, bytes_per_s):
    return Fraction(step.flops, peak), Fraction(step.n_bytes, bytes_per_s)


def _rate(model, batch, context, peak, bytes_per_s):
    return Fraction(batch) / max(_times(_step(model, batch, context), peak, bytes_per_s))


def tokens_per_s(model, batch, context, peak, bytes_per_s):
    return floor(_rate(model, batch, context, peak, bytes_per_s))


def answer_us(model, batch, prompt, answer, bytes_per_s):
    mean_context = prompt + Fraction(answer + 1, 2)
    weights = model["parameters"] * model["weight_itemsize"]
    each = Fraction(weights) + batch * cache_bytes(model, mean_context)
    return ceil(answer * each * 10**6 / bytes_per_s)


def batch_for_compute(model, context, peak, bytes_per_s):
    one = _times(_step(model, 1, context), peak, bytes_per_s)
    weights = Fraction(model["parameters"] * model["weight_itemsize"], bytes_per_s)
    more = one[0] - (one[1] - weights)
    return ceil(weights / more) if more > 0 else None


def prompt_for_compute(model, peak, bytes_per_s):
    def enough(length):
        step = _step(model, 1, length)
        arithmetic, memory = _times(Step(step.flops * length, step.n_bytes), peak, bytes_per_s)
        return arithmetic >= memory

    length = 2 ** next(power for power in count() if enough(2**power))
    for bit in reversed(range(length.bit_length() - 1)):
        if length - 2**bit > 0 and enough(length - 2**bit):
            length -= 2**bit
    return length


def _room(model, gb):
    return Fraction(max(gb * 10**9 - model["parameters"] * model["weight_itemsize"], 0), cache_bytes(model, 1))


def largest_batch(model, context, gb):
    return floor(_room(model, gb) / context)


longest_context = largest_batch


def serves_more(model, other, context, gb, peak, bytes_per_s):
    rates = []
    for each in (model, other):
        batch = largest_batch(each, context, gb)
        rates.append(_rate(each, batch, context, peak, bytes_per_s) if batch else Fraction(0))
    if rates[0] == rates[1]:
        return "both"
    return ["first", "second"][rates.index(max(rates))]
