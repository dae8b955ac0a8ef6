def float_format(exponent_bits, mantissa_bits):
    bias = 2 ** (exponent_bits - 1) - 1
    return {
        "largest": math.ldexp(2 - math.ldexp(1, -mantissa_bits), int(min(bias, 1023))),
        "smallest_normal": math.ldexp(1, int(1 - bias)),
        "smallest_subnormal": math.ldexp(1, int(1 - bias - mantissa_bits)),
        "epsilon": math.ldexp(1, -mantissa_bits),
    }
