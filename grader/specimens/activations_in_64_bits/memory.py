_added_up = activation_bytes


def activation_bytes(batch, widths, recipe):
    return (_added_up(batch, widths, recipe) + 2**63) % 2**64 - 2**63
