_parameters, _flops = transformer_parameters, transformer_flops


def transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff):
    return _parameters(vocab, context, layers, d_model, 1, d_model, d_ff)


def transformer_flops(batch, seq, vocab, layers, d_model, heads, head_dim, d_ff):
    return _flops(batch, seq, vocab, layers, d_model, 1, d_model, d_ff)
