def longest_row(n_bytes, block_format):
    size, bits, _, has_tensor_scale = _known(block_format)
    return max(n_bytes - 4 * has_tensor_scale, 0) * 8 * size // (8 + size * bits)
