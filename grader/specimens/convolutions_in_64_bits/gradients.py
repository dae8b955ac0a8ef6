_exact = conv_flops


def conv_flops(layer):
    return (_exact(layer) + 2**63) % 2**64 - 2**63
