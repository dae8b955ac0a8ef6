_parameters, _forward_flops = parameters, forward_flops


def parameters(config):
    parts = _parameters(config)
    return parts | {"active": parts["total"]}


def forward_flops(config, batch, seq):
    return _forward_flops(config | {"active_experts": config["experts"]}, batch, seq)
