"""Task 4.4: parameters and FLOPs of a transformer, by component."""

from __future__ import annotations


def transformer_parameters(
    vocab: int, context: int, layers: int, d_model: int, heads: int, head_dim: int, d_ff: int
) -> dict[str, int]:
    """Parameters of a GPT-2-like transformer. (Task 4.4.)

    Every linear layer has a bias, every LayerNorm a weight and a bias. The output layer is the token embedding's
    matrix, tied, and has no parameters of its own.

    Args:
        vocab: tokens of the vocabulary.
        context: positions that have an embedding.
        layers: blocks.
        d_model: width of the residual stream.
        heads: of attention.
        head_dim: width of one head; attention is heads * head_dim wide, which need not be d_model.
        d_ff: width of the hidden layer of each feed-forward network.

    Returns:
        "embedding" (tokens and positions), "attention" (queries, keys, values and projection), "feed_forward",
        "norms" (two in each block, one at the end), and "total".

    Source: Radford et al. 2019 for the shape; GPT-2 small has 124,439,808 parameters.

    >>> transformer_parameters(50257, 1024, 12, 768, 12, 64, 3072)["total"]
    124439808
    """
    width = heads * head_dim
    parts = {
        "embedding": (vocab + context) * d_model,
        "attention": layers * (3 * (d_model + 1) * width + (width + 1) * d_model),
        "feed_forward": layers * ((d_model + 1) * d_ff + (d_ff + 1) * d_model),
        "norms": (2 * layers + 1) * 2 * d_model,
    }
    return parts | {"total": sum(parts.values())}


def transformer_flops(
    batch: int, seq: int, vocab: int, layers: int, d_model: int, heads: int, head_dim: int, d_ff: int
) -> dict[str, int]:
    """FLOPs of the forward pass of that transformer, matrix products only. (Task 4.4.)

    Biases, LayerNorm, softmax and embedding are not counted; attention is counted as the full square; there is no
    cache of keys and values; the output layer sees every position.

    Returns:
        "projections" (queries, keys, values and the projection after attention), "scores" (Q @ K^T), "mix" (the
        weights with V), "feed_forward", "output", their sum "forward", and "backward", which is twice "forward".

    >>> transformer_flops(1, 1024, 50257, 12, 768, 12, 64, 3072)["forward"]
    291648307200
    """
    tokens, width = batch * seq, heads * head_dim
    parts = {
        "projections": 2 * layers * tokens * 4 * d_model * width,
        "scores": 2 * layers * tokens * seq * width,
        "mix": 2 * layers * tokens * seq * width,
        "feed_forward": 2 * layers * tokens * 2 * d_model * d_ff,
        "output": 2 * tokens * d_model * vocab,
    }
    forward = sum(parts.values())
    return parts | {"forward": forward, "backward": 2 * forward}


def costliest_part(seq: int, vocab: int, layers: int, d_model: int, heads: int, head_dim: int, d_ff: int) -> str:
    """The part of that transformer which takes most FLOPs in the forward pass of one sequence. (Task 4.4.)

    Returns:
        "projections", "attention" (scores and mix together), "feed_forward" or "output"; of parts that take
        equally many, the one that stands first in this list.

    >>> costliest_part(1024, 50257, 12, 768, 12, 64, 3072), costliest_part(9216, 50257, 12, 768, 12, 64, 3072)
    ('feed_forward', 'attention')
    """
    flops = transformer_flops(1, seq, vocab, layers, d_model, heads, head_dim, d_ff)
    flops["attention"] = flops["scores"] + flops["mix"]
    return max(("projections", "attention", "feed_forward", "output"), key=lambda part: flops[part])


def most_layers(
    parameters: int, vocab: int, context: int, d_model: int, heads: int, head_dim: int, d_ff: int
) -> int:
    """The most layers that transformer may have with at most so many parameters. (Task 4.4.)

    Raises:
        ValueError: it has more parameters without any layer; the message names the number that was given.

    >>> most_layers(10**9, 50257, 1024, 768, 12, 64, 3072)
    135
    """
    none, one = (
        transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff)["total"]
        for layers in (0, 1)
    )
    if parameters < none:
        raise ValueError(f"parameters={parameters} are too few: {none} stand outside the layers")
    return (parameters - none) // (one - none)
