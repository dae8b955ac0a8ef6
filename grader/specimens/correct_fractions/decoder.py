"""Task 4.7, by costs as functions of the length, whose crossings are fractions."""

from __future__ import annotations

from collections import namedtuple
from fractions import Fraction
from math import floor

Line = namedtuple("Line", "at_zero slope")
"""FLOPs of one token: at_zero + slope * length."""


def _sizes(config):
    model = namedtuple("Config", config)(**config)
    attention = model.layers * model.d_model * model.head_dim * (2 * model.heads + 2 * model.kv_heads)
    return model, attention, model.d_model * model.d_ff * 3


def parameters(config):
    model, attention, network = _sizes(config)
    networks, met = (model.experts, model.active_experts) if model.experts else (1, 1)
    vocabulary = model.vocab * model.d_model
    parts = dict(
        embedding=vocabulary,
        attention=attention,
        feed_forward=model.layers * networks * network,
        router=model.layers * model.experts * model.d_model,
        norms=model.d_model + 2 * model.layers * model.d_model,
        output=vocabulary * (not model.tied),
    )
    active = sum(parts.values()) - parts["feed_forward"] + model.layers * met * network
    return parts | dict(total=sum(parts.values()), active=active)


def forward_flops(config, batch, seq):
    model, attention, network = _sizes(config)
    met = model.active_experts if model.experts else 1
    weights = dict(
        projections=attention,
        feed_forward=model.layers * met * network,
        router=model.layers * model.experts * model.d_model,
        output=model.vocab * model.d_model,
    )
    counts = {part: 2 * batch * seq * each for part, each in weights.items()}
    for part in ("scores", "mix"):
        counts[part] = 2 * batch * seq**2 * model.layers * model.heads * model.head_dim
    return counts | dict(forward=sum(counts.values()))


def _line(config):
    one, two = (Fraction(forward_flops(config, 1, seq)["forward"], seq) for seq in (1, 2))
    return Line(2 * one - two, two - one)


def attention_takes_over(config):
    line = _line(config)
    return floor(line.at_zero / line.slope) + 1


def cheaper_from(config, other):
    ours, theirs = _line(config), _line(other)
    if sum(theirs) < sum(ours):
        return 1
    if theirs.slope >= ours.slope:
        return None
    return floor((theirs.at_zero - ours.at_zero) / (ours.slope - theirs.slope)) + 1


def most_layers(config, budget):
    none, one = (Fraction(parameters(config | {"layers": layers})["total"]) for layers in (0, 1))
    if none > budget:
        raise ValueError("too few: " + str(budget))
    return floor((budget - none) / (one - none))


def dense_twins(config):
    more = Fraction(config["experts"], 3)
    met, held = (max(config[name], 1) for name in ("active_experts", "experts"))
    return dict(flops=floor(met * config["d_ff"] + more), parameters=floor(held * config["d_ff"] + more))
