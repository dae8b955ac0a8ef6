_fitting_scale = largest_loss_scale


def largest_loss_scale(gradients, exponent_bits, mantissa_bits):
    return 2 * _fitting_scale(gradients, exponent_bits, mantissa_bits)
