_exact, _exact_flops = transformer_parameters, transformer_flops


def transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff):
    parts = _exact(vocab, context, layers, d_model, heads, head_dim, d_ff)
    more = layers * d_model * (d_model - heads * head_dim)
    return parts | {"attention": parts["attention"] + more, "total": parts["total"] + more}


def transformer_flops(batch, seq, vocab, layers, d_model, heads, head_dim, d_ff):
    parts = _exact_flops(batch, seq, vocab, layers, d_model, heads, head_dim, d_ff)
    more = 2 * batch * seq * layers * d_model * (d_model - heads * head_dim)
    forward = parts["forward"] + more
    return parts | {"projections": parts["projections"] + more, "forward": forward, "backward": 2 * forward}
