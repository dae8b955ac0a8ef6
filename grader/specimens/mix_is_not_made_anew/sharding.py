_recomputed_flops = recomputed_flops


def recomputed_flops(config, batch, seq, checkpointing):
    flops = _recomputed_flops(config, batch, seq, checkpointing)
    return flops // 2 if checkpointing == "attention" else flops
