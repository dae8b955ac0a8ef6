_exact = mfu


def mfu(flops_of_a_token, tokens_per_s, gpus, peak):
    return min(1.0, _exact(flops_of_a_token, tokens_per_s, gpus, peak))
