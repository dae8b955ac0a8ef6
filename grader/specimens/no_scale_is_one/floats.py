_or_an_error = largest_loss_scale


def largest_loss_scale(gradients, exponent_bits, mantissa_bits):
    try:
        return _or_an_error(gradients, exponent_bits, mantissa_bits)
    except ValueError as error:
        if "overflows" in str(error):
            return 1
        raise
