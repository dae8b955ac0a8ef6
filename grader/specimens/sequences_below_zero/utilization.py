def longest_sequence(tokens, days, gpus, peak, mfu_percent, parameters, layers, d_model):
    left = days * 86400 * gpus * peak * mfu_percent - 600 * tokens * parameters
    return left // (1200 * tokens * layers * d_model)
