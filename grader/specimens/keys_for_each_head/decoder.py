def _attention(config):
    return 4 * config["d_model"] * config["head_dim"] * config["heads"]
