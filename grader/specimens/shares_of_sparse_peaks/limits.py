_dense = share_of_peak


def share_of_peak(layers, precision, peak):
    return _dense(layers, precision, 2 * peak)
