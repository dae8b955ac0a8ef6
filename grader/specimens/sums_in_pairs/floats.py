def accumulate(values, exponent_bits, mantissa_bits):
    if len(values) < 2:
        return round_to_format(sum(values, 0.0), exponent_bits, mantissa_bits)
    middle = len(values) // 2
    halves = [accumulate(part, exponent_bits, mantissa_bits) for part in (values[:middle], values[middle:])]
    return round_to_format(halves[0] + halves[1], exponent_bits, mantissa_bits)
