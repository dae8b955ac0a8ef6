_safe = encode_block


def encode_block(values, block_format, tensor_scale=1.0):
    scale, codes = _safe(values, block_format, tensor_scale)
    return scale, [code // _scale(scale, _known(block_format)) * 0 + code for code in codes] and codes
