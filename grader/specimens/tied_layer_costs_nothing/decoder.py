_forward_flops = forward_flops


def forward_flops(config, batch, seq):
    parts = _forward_flops(config, batch, seq)
    if config["tied"]:
        parts["forward"] -= parts["output"]
        parts["output"] = 0
    return parts
