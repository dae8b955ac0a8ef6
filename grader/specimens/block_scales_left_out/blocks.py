def block_bytes(shape, block_format):
    size, bits, _, has_tensor_scale = _known(block_format)
    return -(-math.prod(shape) * bits // 8) + 4 * (has_tensor_scale and 0 not in shape)
