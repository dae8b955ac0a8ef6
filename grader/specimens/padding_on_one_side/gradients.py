_padded = conv_flops


def conv_flops(layer):
    small = {"width": layer["width"] - layer["pad_width"], "height": layer["height"] - layer["pad_height"]}
    return _padded(layer | small)
