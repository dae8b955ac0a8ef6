"""A transformer as layers that know their parameters and FLOPs."""

from dataclasses import dataclass


@dataclass
class Linear:
    inputs: int
    outputs: int

    @property
    def parameters(self):
        return self.inputs * self.outputs + self.outputs

    def flops(self, tokens):
        return 2 * tokens * self.inputs * self.outputs


@dataclass
class Block:
    d_model: int
    heads: int
    head_dim: int
    d_ff: int

    def __post_init__(self):
        width = self.heads * self.head_dim
        self.attention = [Linear(self.d_model, width) for _ in "qkv"] + [Linear(width, self.d_model)]
        self.feed_forward = [Linear(self.d_model, self.d_ff), Linear(self.d_ff, self.d_model)]

    def square(self, batch, seq):
        return batch * self.heads * Linear(self.head_dim, seq).flops(seq)


def transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff):
    block = Block(d_model, heads, head_dim, d_ff)
    counts = {
        "embedding": vocab * d_model + context * d_model,
        "attention": layers * sum(layer.parameters for layer in block.attention),
        "feed_forward": layers * sum(layer.parameters for layer in block.feed_forward),
        "norms": (2 * layers + 1) * 2 * d_model,
    }
    counts["total"] = sum(counts.values())
    return counts


def transformer_flops(batch, seq, vocab, layers, d_model, heads, head_dim, d_ff):
    block, tokens = Block(d_model, heads, head_dim, d_ff), batch * seq
    counts = {
        "projections": layers * sum(layer.flops(tokens) for layer in block.attention),
        "scores": layers * block.square(batch, seq),
        "mix": layers * block.square(batch, seq),
        "feed_forward": layers * sum(layer.flops(tokens) for layer in block.feed_forward),
        "output": Linear(d_model, vocab).flops(tokens),
    }
    forward = sum(counts.values())
    return counts | {"forward": forward, "backward": forward + forward}


def costliest_part(seq, vocab, layers, d_model, heads, head_dim, d_ff):
    counts = transformer_flops(1, seq, vocab, layers, d_model, heads, head_dim, d_ff)
    ranked = sorted(
        [
            (-counts["projections"], 0, "projections"),
            (-counts["scores"] - counts["mix"], 1, "attention"),
            (-counts["feed_forward"], 2, "feed_forward"),
            (-counts["output"], 3, "output"),
        ]
    )
    return ranked[0][2]


def most_layers(parameters, vocab, context, d_model, heads, head_dim, d_ff):
    block = Block(d_model, heads, head_dim, d_ff)
    outside = (vocab + context) * d_model + 2 * d_model
    each = sum(layer.parameters for layer in block.attention + block.feed_forward) + 4 * d_model
    if outside > parameters:
        raise ValueError(f"only {parameters} parameters")
    return (parameters - outside) // each
