def dynamic_range(exponent_bits, mantissa_bits):
    bias = 2 ** (exponent_bits - 1) - 1
    return 1 - bias, bias
