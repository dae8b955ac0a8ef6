_gradual = round_to_format


def round_to_format(x, exponent_bits, mantissa_bits):
    y = _gradual(x, exponent_bits, mantissa_bits)
    small = abs(y) < float_format(exponent_bits, mantissa_bits)["smallest_normal"]
    return math.copysign(0.0, x) if small else y
