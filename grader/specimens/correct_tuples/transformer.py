"""A transformer in one line for each component."""


def transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff):
    d, w = d_model, heads * head_dim
    norms, ffn, attention = (
        2 * d + layers * 4 * d,
        layers * (2 * d * d_ff + d_ff + d),
        layers * (4 * d * w + 3 * w + d),
    )
    total = (vocab + context) * d + attention + ffn + norms
    return {
        "total": total,
        "norms": norms,
        "feed_forward": ffn,
        "attention": attention,
        "embedding": (vocab + context) * d,
    }


def transformer_flops(batch, seq, vocab, layers, d_model, heads, head_dim, d_ff):
    n, d, w = batch * seq, d_model, heads * head_dim
    parts = {
        "output": 2 * n * d * vocab,
        "feed_forward": layers * 4 * n * d * d_ff,
        "mix": layers * 2 * n * seq * w,
        "scores": layers * 2 * n * seq * w,
        "projections": layers * 8 * n * d * w,
    }
    return {"backward": 2 * sum(parts.values()), "forward": sum(parts.values()), **parts}


def costliest_part(seq, vocab, layers, d_model, heads, head_dim, d_ff):
    f = transformer_flops(1, seq, vocab, layers, d_model, heads, head_dim, d_ff)
    costs = f["projections"], f["scores"] + f["mix"], f["feed_forward"], f["output"]
    return ("projections", "attention", "feed_forward", "output")[costs.index(max(costs))]


def most_layers(parameters, vocab, context, d_model, heads, head_dim, d_ff):
    d, w = d_model, heads * head_dim
    left, each = parameters - d * (vocab + context + 2), 4 * d * w + 3 * w + 2 * d * d_ff + d_ff + 6 * d
    if left < 0:
        raise ValueError(parameters)
    return left // each
