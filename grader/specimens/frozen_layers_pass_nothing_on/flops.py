def fine_tuning_flops(batch, widths, trained):
    layers = [2 * batch * a * b for a, b in pairwise(widths)]
    if not layers or len(trained) != len(layers):
        raise ValueError(f"{widths}, {trained}")
    backward = sum(
        flops * (is_trained + (is_trained and any(trained[:layer])))
        for layer, (flops, is_trained) in enumerate(zip(layers, trained))
    )
    return sum(layers), backward
