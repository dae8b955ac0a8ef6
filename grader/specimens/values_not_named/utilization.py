_exact = mfu


def mfu(flops_of_a_token, tokens_per_s, gpus, peak):
    if gpus < 1:
        raise ValueError("gpus must be positive")
    if peak < 1:
        raise ValueError("peak must be positive")
    return _exact(flops_of_a_token, tokens_per_s, gpus, peak)
