_to_even = round_to_format


def round_to_format(x, exponent_bits, mantissa_bits):
    y = _to_even(x, exponent_bits, mantissa_bits)
    beyond = (
        _to_even(x + (x - y) * 1.5, exponent_bits, mantissa_bits) if math.isfinite(x) and math.isfinite(y) else y
    )
    return beyond if abs(beyond) > abs(y) and abs(beyond - x) == abs(x - y) else y
