def tokens_to_hide(parameters, recipe, stage, gpus, flops_per_s, bytes_per_s):
    sent = sent_bytes(parameters, recipe, stage, gpus)
    return -(-sent * flops_per_s // (2 * parameters * bytes_per_s))
