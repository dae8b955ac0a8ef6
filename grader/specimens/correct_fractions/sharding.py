"""Task 4.9, with shares and times as fractions."""

from __future__ import annotations

from collections import namedtuple
from fractions import Fraction
from math import ceil, floor

Kept = namedtuple("Kept", "x rest weights")


class NoSuchName(KeyError, ValueError):
    """Its message names the stage or checkpointing."""


def _split(recipe, stage):
    if stage not in (0, 1, 2, 3):
        raise NoSuchName(stage)
    parts = iter(("states", "gradients", "weights"))
    return sum(recipe[next(parts)] for _ in range(stage))


def gpu_bytes(parameters, recipe, stage, gpus):
    split = _split(recipe, stage)
    return (sum(recipe.values()) - split) * parameters + split * ceil(Fraction(parameters, gpus))


def sent_bytes(parameters, recipe, stage, gpus):
    _split(recipe, stage)
    weights = Fraction(recipe["weights"])
    scattered, gathered = recipe["gradients"], weights * (2 if stage == 3 else 1)
    if stage == 0:
        gathered = Fraction(scattered)
    return int((gpus - 1) * ceil(Fraction(parameters, gpus)) * (scattered + gathered))


def tokens_to_hide(parameters, recipe, stage, gpus, flops_per_s, bytes_per_s):
    sending = Fraction(sent_bytes(parameters, recipe, stage, gpus), bytes_per_s)
    return ceil(sending / Fraction(6 * parameters, flops_per_s))


def least_gpus(parameters, recipe, stage, gb, activations):
    split = _split(recipe, stage)
    room = gb * 10**9 - activations - (sum(recipe.values()) - split) * parameters
    if room < 0:
        return None
    if not split:
        return 1
    share = floor(Fraction(room, split))
    return ceil(Fraction(parameters, share)) if share else None


def _kept(config, batch, seq):
    width = config["heads"] * config["head_dim"]
    once, wide = batch * seq * config["d_model"], batch * seq * width
    return Kept(once, 3 * once + 4 * wide + 2 * batch * seq * config["d_ff"], batch * config["heads"] * seq**2)


def _named(checkpointing, values):
    if checkpointing not in values:
        raise NoSuchName(checkpointing)
    return values[checkpointing]


def kept_bytes(config, batch, seq, itemsize, checkpointing):
    kept, layers = _kept(config, batch, seq), config["layers"]
    numbers = {
        "none": layers * sum(kept),
        "attention": layers * (kept.x + kept.rest) + kept.weights,
        "layer": (layers - 1) * kept.x + sum(kept),
    }
    return itemsize * _named(checkpointing, numbers)


def recomputed_flops(config, batch, seq, checkpointing):
    width, tokens = config["heads"] * config["head_dim"], batch * seq
    square = 4 * batch * seq**2 * width
    linear = 8 * tokens * config["d_model"] * width + 4 * tokens * config["d_model"] * config["d_ff"]
    flops = {"none": 0, "attention": square, "layer": square + linear}
    return config["layers"] * _named(checkpointing, flops)


def least_checkpointing(config, batch, seq, itemsize, room):
    names = [
        name for name in ("layer", "attention", "none") if kept_bytes(config, batch, seq, itemsize, name) <= room
    ]
    return names.pop() if names else None


def weights_take_over(config):
    kept = _kept(config, 1, 1)
    return floor(Fraction(kept.x + kept.rest, kept.weights)) + 1
