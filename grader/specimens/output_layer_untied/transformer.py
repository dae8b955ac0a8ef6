_tied = transformer_parameters


def transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff):
    parts = _tied(vocab, context, layers, d_model, heads, head_dim, d_ff)
    return parts | {"total": parts["total"] + vocab * d_model}
