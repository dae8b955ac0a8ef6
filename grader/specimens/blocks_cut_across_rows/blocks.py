_by_rows = block_bytes


def block_bytes(shape, block_format):
    return _by_rows([math.prod(shape)], block_format)
