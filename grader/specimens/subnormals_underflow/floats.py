_of_zero = fate


def fate(x, exponent_bits, mantissa_bits):
    small = abs(x) < float_format(exponent_bits, mantissa_bits)["smallest_normal"]
    found = _of_zero(x, exponent_bits, mantissa_bits)
    return "underflow" if small and found == "rounded" else found
