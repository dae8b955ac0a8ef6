_exact = conv_flops


def conv_flops(layer):
    return int(float(_exact(layer)))
