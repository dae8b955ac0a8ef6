"""Task 4.4."""

from __future__ import annotations

from fractions import Fraction
from math import floor


def _summed(name, parts):
    return {**parts, name: sum(parts.values())}


def transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff):
    width = heads * head_dim
    return _summed(
        "total",
        {
            "embedding": (vocab + context) * d_model,
            "attention": layers * (3 * (d_model + 1) * width + (width + 1) * d_model),
            "feed_forward": layers * ((d_model + 1) * d_ff + (d_ff + 1) * d_model),
            "norms": layers * 4 * d_model + 2 * d_model,
        },
    )


def transformer_flops(batch, seq, vocab, layers, d_model, heads, head_dim, d_ff):
    width, tokens = heads * head_dim, batch * seq
    square = 2 * batch * seq**2 * width * layers
    result = _summed(
        "forward",
        {
            "projections": layers * 8 * tokens * d_model * width,
            "scores": square,
            "mix": square,
            "feed_forward": layers * 4 * tokens * d_model * d_ff,
            "output": 2 * tokens * d_model * vocab,
        },
    )
    return result | {"backward": 2 * result["forward"]}


def costliest_part(seq, vocab, layers, d_model, heads, head_dim, d_ff):
    flops = transformer_flops(1, seq, vocab, layers, d_model, heads, head_dim, d_ff)
    parts = {
        "projections": flops["projections"],
        "attention": flops["scores"] + flops["mix"],
        "feed_forward": flops["feed_forward"],
        "output": flops["output"],
    }
    return next(name for name, cost in parts.items() if cost == max(parts.values()))


def most_layers(parameters, vocab, context, *rest, **named):
    count = [transformer_parameters(vocab, context, n, *rest, **named)["total"] for n in range(2)]
    if count[0] > parameters:
        raise ValueError(f"{parameters} parameters are not enough")
    return floor(Fraction(parameters - count[0], count[1] - count[0]))
