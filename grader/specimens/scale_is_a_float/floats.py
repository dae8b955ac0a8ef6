def largest_loss_scale(gradients, exponent_bits, mantissa_bits):
    most = max(map(abs, gradients), default=0.0)
    if most == 0:
        raise ValueError("all gradients are zero")
    if fate(most, exponent_bits, mantissa_bits) == "overflow":
        raise ValueError("a gradient overflows")
    scale = 1.0
    while not math.isinf(round_to_format(most * scale * 2, exponent_bits, mantissa_bits)) and not math.isinf(
        scale
    ):
        scale *= 2
    return int(scale)
