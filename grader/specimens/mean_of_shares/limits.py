_together = share_of_peak


def share_of_peak(layers, precision, peak):
    return sum(_together([layer], precision, peak) for layer in layers) / len(layers)
