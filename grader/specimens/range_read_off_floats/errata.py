def dynamic_range(exponent_bits, mantissa_bits):
    from math import frexp, ldexp

    bias = 2 ** (exponent_bits - 1) - 1
    smallest = ldexp(1.0, 1 - bias - mantissa_bits)
    return frexp(smallest)[1] - 1, bias
