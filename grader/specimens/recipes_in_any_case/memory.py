_by_name, _chain = training_bytes, activation_bytes


def training_bytes(parameters, recipe, optimizer):
    return _by_name(parameters, recipe.lower(), optimizer)


def activation_bytes(batch, widths, recipe):
    return _chain(batch, widths, recipe.lower())
