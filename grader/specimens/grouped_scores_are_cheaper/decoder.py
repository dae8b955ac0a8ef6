_forward_flops = forward_flops


def forward_flops(config, batch, seq):
    parts = _forward_flops(config, batch, seq)
    square = parts["scores"] * config["kv_heads"] // config["heads"]
    less = 2 * (parts["scores"] - square)
    return parts | {"scores": square, "mix": square, "forward": parts["forward"] - less}
