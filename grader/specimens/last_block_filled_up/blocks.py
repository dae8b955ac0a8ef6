_by_rows = block_bytes


def block_bytes(shape, block_format):
    size = _known(block_format).size
    return _by_rows([*shape[:-1], -(-shape[-1] // size) * size], block_format)
