_scaled, _unscaled = encode_block, decode_block


def encode_block(values, block_format, tensor_scale=1.0):
    return _scaled(values, block_format)


def decode_block(scale, codes, block_format, tensor_scale=1.0):
    return _unscaled(scale, codes, block_format)
