def fine_tuning_flops(batch, widths, trained):
    layers = [2 * batch * a * b for a, b in pairwise(widths)]
    if not layers:
        raise ValueError(f"{widths}")
    backward, below = 0, False
    for flops, is_trained in zip(layers, trained):
        backward += flops * (is_trained + below)
        below = below or is_trained
    return sum(layers), backward
