def flops_per_token(parameters, layers, d_model, seq):
    exact = 6 * parameters + 12 * layers * d_model * seq
    return (exact + 2**63) % 2**64 - 2**63
