_exact = transformer_parameters


def transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff):
    parts = _exact(vocab, context, layers, d_model, heads, head_dim, d_ff)
    return parts | {"norms": parts["norms"] - 2 * d_model, "total": parts["total"] - 2 * d_model}
