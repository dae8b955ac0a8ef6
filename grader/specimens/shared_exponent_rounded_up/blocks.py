_down = encode_block


def encode_block(values, block_format, tensor_scale=1.0):
    scale, codes = _down(values, block_format, tensor_scale)
    known = _known(block_format)
    largest = known.numbers[-1] * _scale(scale, known)
    if known.has_tensor_scale or max(map(abs, values)) <= largest:
        return scale, codes
    sign = 2 ** (known.bits - 1)
    unit = _scale(scale + 1, known)
    return scale + 1, [_nearest(abs(v) / unit, known.numbers) + sign * (math.copysign(1, v) < 0) for v in values]
