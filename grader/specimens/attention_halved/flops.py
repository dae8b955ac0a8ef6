_attention_flops = attention_flops


def attention_flops(layers, d_model, seq, tokens):
    """Half of the square."""
    return _attention_flops(layers, d_model, seq, tokens) // 2
