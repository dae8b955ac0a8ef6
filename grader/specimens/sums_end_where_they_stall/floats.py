def accumulate(values, exponent_bits, mantissa_bits):
    total = 0.0
    for value in values:
        grown = round_to_format(total + value, exponent_bits, mantissa_bits)
        if value and grown == total:
            break
        total = grown
    return total
