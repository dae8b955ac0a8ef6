def stalled_sum(step, exponent_bits, mantissa_bits):
    total = 0.0
    for _ in range(5000):
        total = round_to_format(total + step, exponent_bits, mantissa_bits)
    return total
