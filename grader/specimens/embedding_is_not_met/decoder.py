_parameters = parameters


def parameters(config):
    parts = _parameters(config)
    if config["experts"]:  # a dense model's parameters are all active
        parts["active"] -= parts["embedding"]
    return parts
