def fine_tuning_flops(batch, widths, trained):
    layers = [2 * batch * a * b for a, b in pairwise(widths)]
    if not layers or len(trained) != len(layers):
        raise ValueError(f"{widths}, {trained}")
    return sum(layers), sum(flops * (1 + any(trained[:layer])) for layer, flops in enumerate(layers))
