_by_equality = fate


def fate(x, exponent_bits, mantissa_bits):
    there = round_to_format(x, exponent_bits, mantissa_bits)
    return "exact" if math.isclose(x, there) else _by_equality(x, exponent_bits, mantissa_bits)
