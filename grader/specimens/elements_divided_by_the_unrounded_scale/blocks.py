_exact = encode_block


def encode_block(values, block_format, tensor_scale=1.0):
    scale, codes = _exact(values, block_format, tensor_scale)
    unit = max(map(abs, values)) / 6
    if block_format != "nvfp4" or not scale:
        return scale, codes
    return scale, [_nearest(abs(v) / unit, _E2M1) + 8 * (math.copysign(1, v) < 0) for v in values]
