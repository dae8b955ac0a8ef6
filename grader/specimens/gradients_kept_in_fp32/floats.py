_by_the_table = kept_in


def kept_in(tensor, recipe):
    return "float32" if (tensor, recipe) == ("gradients", "mixed") else _by_the_table(tensor, recipe)
