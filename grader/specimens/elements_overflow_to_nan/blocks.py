_saturated = encode_block


def encode_block(values, block_format, tensor_scale=1.0):
    scale, codes = _saturated(values, block_format, tensor_scale)
    if block_format != "mxfp8":
        return scale, codes
    unit = math.ldexp(1, scale - 127)
    return scale, [code + (abs(value) / unit > 464) for code, value in zip(codes, values)]
