_kept_bytes = kept_bytes


def kept_bytes(config, batch, seq, itemsize, checkpointing):
    if checkpointing == "layer":
        return config["layers"] * itemsize * batch * seq * config["d_model"]
    return _kept_bytes(config, batch, seq, itemsize, checkpointing)
