_exact = dynamic_range


def dynamic_range(exponent_bits, mantissa_bits):
    low, high = _exact(exponent_bits, mantissa_bits)
    return low, high + 1
