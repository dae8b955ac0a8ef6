_in_float64 = encode_block


def encode_block(values, block_format, tensor_scale=1.0):
    import numpy as np

    scale, codes = _in_float64(values, block_format, tensor_scale)
    if block_format != "nvfp4" or not scale:
        return scale, codes
    unit = np.float32(_E4M3[scale]) * np.float32(tensor_scale)
    return scale, [
        _nearest(float(np.float32(abs(v)) / unit), _E2M1) + 8 * (math.copysign(1, v) < 0) for v in values
    ]
