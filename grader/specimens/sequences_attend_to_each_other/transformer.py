_one_batch = transformer_flops


def transformer_flops(batch, seq, vocab, layers, d_model, heads, head_dim, d_ff):
    return _one_batch(1, batch * seq, vocab, layers, d_model, heads, head_dim, d_ff)
