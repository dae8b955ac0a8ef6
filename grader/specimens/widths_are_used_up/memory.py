_right_ab = activation_bytes


def activation_bytes(batch, widths, recipe):
    if len(widths) < 2:
        return _right_ab(batch, widths, recipe)
    out = _right_ab(batch, list(widths), recipe)
    widths.pop()
    return out
