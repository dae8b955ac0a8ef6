def accumulate(values, exponent_bits, mantissa_bits):
    return round_to_format(math.fsum(values), exponent_bits, mantissa_bits)
