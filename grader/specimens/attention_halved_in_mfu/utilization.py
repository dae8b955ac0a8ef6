def flops_per_token(parameters, layers, d_model, seq):
    return 6 * parameters + 6 * layers * d_model * seq
