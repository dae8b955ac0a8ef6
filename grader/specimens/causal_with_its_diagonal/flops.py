def attention_flops(layers, d_model, seq, tokens):
    return 6 * layers * d_model * (seq + 1) * tokens
