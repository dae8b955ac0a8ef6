def fine_tuning_flops(batch, widths, trained):
    layers = [2 * batch * a * b for a, b in pairwise(widths)]
    if not layers or len(trained) != len(layers):
        raise ValueError(f"{widths}, {trained}")
    own = sum(flops for flops, is_trained in zip(layers, trained) if is_trained)
    return sum(layers), own + sum(layers[1:])
