_step_by_step = largest_loss_scale


def largest_loss_scale(gradients, exponent_bits, mantissa_bits):
    _step_by_step(gradients, exponent_bits, mantissa_bits)
    room = float_format(exponent_bits, mantissa_bits)["largest"] / max(map(abs, gradients))
    return 2 ** max(0, math.floor(math.log2(room)))
