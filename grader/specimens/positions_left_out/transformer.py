_exact = transformer_parameters


def transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff):
    return _exact(vocab, 0, layers, d_model, heads, head_dim, d_ff)
