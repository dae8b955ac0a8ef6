_inputs = activation_bytes


def activation_bytes(batch, widths, recipe):
    _inputs(batch, widths, recipe)
    return batch * sum(widths) * _RECIPES[recipe][0]
