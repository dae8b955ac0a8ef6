_ieee_format = float_format


def float_format(exponent_bits, mantissa_bits):
    limits = _ieee_format(exponent_bits, mantissa_bits)
    return limits | {"largest": limits["largest"] * 2}
