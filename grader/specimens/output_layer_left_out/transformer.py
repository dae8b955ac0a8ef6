_with_output = transformer_flops


def transformer_flops(batch, seq, vocab, layers, d_model, heads, head_dim, d_ff):
    return _with_output(batch, seq, 0, layers, d_model, heads, head_dim, d_ff)
