def longest_sequence(tokens, days, gpus, peak, mfu_percent, parameters, layers, d_model):
    return days * 86400 * gpus * peak * mfu_percent // (1200 * tokens * layers * d_model)
