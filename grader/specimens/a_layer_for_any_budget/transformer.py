def most_layers(parameters, vocab, context, d_model, heads, head_dim, d_ff):
    none, one = (
        transformer_parameters(vocab, context, layers, d_model, heads, head_dim, d_ff)["total"]
        for layers in (0, 1)
    )
    return max(0, (parameters - none) // (one - none))
