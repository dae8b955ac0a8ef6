def tokens_to_hide(parameters, recipe, stage, gpus, flops_per_s, bytes_per_s):
    import math

    sent = sent_bytes(parameters, recipe, stage, gpus)
    return math.ceil(sent / bytes_per_s / (6 * parameters / flops_per_s))
