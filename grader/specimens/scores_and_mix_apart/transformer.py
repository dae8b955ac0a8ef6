def costliest_part(seq, vocab, layers, d_model, heads, head_dim, d_ff):
    flops = transformer_flops(1, seq, vocab, layers, d_model, heads, head_dim, d_ff)
    flops["attention"] = max(flops["scores"], flops["mix"])
    return max(("projections", "attention", "feed_forward", "output"), key=lambda part: flops[part])
