_kept_bytes = kept_bytes


def kept_bytes(config, batch, seq, itemsize, checkpointing):
    kept = _kept_bytes(config, batch, seq, itemsize, checkpointing)
    if checkpointing == "attention":
        kept -= itemsize * batch * config["heads"] * seq**2
    return kept
