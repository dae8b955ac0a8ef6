def costliest_part(seq, vocab, layers, d_model, heads, head_dim, d_ff):
    flops = transformer_flops(1, seq, vocab, layers, d_model, heads, head_dim, d_ff)
    flops["attention"] = flops["scores"] + flops["mix"]
    return max(("projections", "output", "attention", "feed_forward"), key=lambda part: flops[part])
