def block_bytes(shape, block_format):
    size, bits, _, has_tensor_scale = _known(block_format)
    if 0 in shape:
        return 0
    blocks = math.ceil(shape[-1] / size) * float(math.prod(shape[:-1]))
    return int(blocks + math.ceil(float(math.prod(shape)) * bits / 8) + 4 * has_tensor_scale)
