_both_strides = conv_flops


def conv_flops(layer):
    return _both_strides(layer | {"stride_height": layer["stride_width"]})
