_decoded = decode_block


def decode_block(scale, codes, block_format, tensor_scale=1.0):
    if scale == (127 if block_format == "nvfp4" else 255) and block_format in _FORMATS:
        return [math.nan] * len(codes)
    return _decoded(scale, codes, block_format, tensor_scale)
