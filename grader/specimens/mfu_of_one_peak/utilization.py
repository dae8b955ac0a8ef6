_shared_peak = mfu


def mfu(flops_of_a_token, tokens_per_s, gpus, peak):
    return _shared_peak(flops_of_a_token, tokens_per_s, gpus, peak) * gpus
