"""What the chapter prints, typed off: three formulas."""


def flops_per_token(parameters, layers, d_model, seq):
    return 6 * parameters + 12 * layers * d_model * seq


def mfu(flops_of_a_token, tokens_per_s, gpus, peak):
    if gpus < 1:
        raise ValueError(f"gpus={gpus}")
    if peak < 1:
        raise ValueError(f"peak={peak}")
    return flops_of_a_token * tokens_per_s / (gpus * peak)


def hfu(utilization, checkpointing):
    return utilization * 4 / 3 if checkpointing else utilization
