_recomputed_flops = recomputed_flops


def recomputed_flops(config, batch, seq, checkpointing):
    flops = _recomputed_flops(config, batch, seq, checkpointing)
    if checkpointing == "layer":
        flops -= _recomputed_flops(config, batch, seq, "attention")
    return flops
