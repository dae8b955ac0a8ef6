_of_all_flops = mfu


def mfu(flops_of_a_token, tokens_per_s, gpus, peak):
    return _of_all_flops(flops_of_a_token, tokens_per_s, gpus, peak) / 2
