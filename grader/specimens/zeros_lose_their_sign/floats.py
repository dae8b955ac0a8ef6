_with_sign = round_to_format


def round_to_format(x, exponent_bits, mantissa_bits):
    return _with_sign(x, exponent_bits, mantissa_bits) or 0.0
