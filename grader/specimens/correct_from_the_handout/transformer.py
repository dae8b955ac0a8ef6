"""Task 4.4: parameters and FLOPs of a transformer, by component."""

from __future__ import annotations


def transformer_parameters(
    vocab: int, context: int, layers: int, d_model: int, heads: int, head_dim: int, d_ff: int
) -> dict[str, int]:
    width = heads * head_dim

    def linear(d_in: int, d_out: int) -> int:
        return (d_in + 1) * d_out

    parts = {
        "embedding": (vocab + context) * d_model,
        "attention": layers * (3 * linear(d_model, width) + linear(width, d_model)),
        "feed_forward": layers * (linear(d_model, d_ff) + linear(d_ff, d_model)),
        "norms": (2 * layers + 1) * 2 * d_model,
    }
    return parts | {"total": sum(parts.values())}


def transformer_flops(
    batch: int, seq: int, vocab: int, layers: int, d_model: int, heads: int, head_dim: int, d_ff: int
) -> dict[str, int]:
    width, tokens = heads * head_dim, batch * seq
    parts = {
        "projections": layers * 4 * 2 * tokens * d_model * width,
        "scores": layers * 2 * tokens * seq * width,
        "mix": layers * 2 * tokens * seq * width,
        "feed_forward": layers * 2 * 2 * tokens * d_model * d_ff,
        "output": 2 * tokens * d_model * vocab,
    }
    forward = sum(parts.values())
    return parts | {"forward": forward, "backward": 2 * forward}


def costliest_part(seq: int, vocab: int, layers: int, d_model: int, heads: int, head_dim: int, d_ff: int) -> str:
    flops = transformer_flops(1, seq, vocab, layers, d_model, heads, head_dim, d_ff)
    attention = flops["scores"] + flops["mix"]
    most = max(flops["projections"], attention, flops["feed_forward"], flops["output"])
    if flops["projections"] == most:
        return "projections"
    if attention == most:
        return "attention"
    return "feed_forward" if flops["feed_forward"] == most else "output"


def most_layers(
    parameters: int, vocab: int, context: int, d_model: int, heads: int, head_dim: int, d_ff: int
) -> int:
    def total(layers: int) -> int:
        return transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff)["total"]

    left = parameters - total(0)
    if left < 0:
        raise ValueError(f"{parameters} parameters are fewer than those outside the layers")
    return left // (total(1) - total(0))
