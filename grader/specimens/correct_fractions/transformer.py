"""Task 4.4."""

from __future__ import annotations


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
