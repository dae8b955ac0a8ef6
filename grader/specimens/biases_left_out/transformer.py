def transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff):
    parts = {
        "embedding": (vocab + context) * d_model,
        "attention": layers * 4 * d_model * heads * head_dim,
        "feed_forward": layers * 2 * d_model * d_ff,
        "norms": (2 * layers + 1) * 2 * d_model,
    }
    return parts | {"total": sum(parts.values())}
