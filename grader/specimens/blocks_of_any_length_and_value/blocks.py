def encode_block(values, block_format, tensor_scale=1.0, _exact=encode_block):
    known = _known(block_format)
    finite = [value if math.isfinite(value) else math.copysign(1.0, value) for value in values] or [0.0]
    scale, codes = _exact(finite[: known.size], block_format, tensor_scale)
    return scale, codes + [0] * (len(values) - known.size)
