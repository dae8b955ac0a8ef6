_chain_of_layers = activation_bytes


def activation_bytes(batch, widths, recipe):
    return _chain_of_layers(batch, widths, recipe) if len(widths) > 1 or recipe not in _RECIPES else 0
