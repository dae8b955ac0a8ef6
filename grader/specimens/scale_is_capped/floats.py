_without_a_cap = largest_loss_scale


def largest_loss_scale(gradients, exponent_bits, mantissa_bits):
    return min(_without_a_cap(gradients, exponent_bits, mantissa_bits), 2**127)
