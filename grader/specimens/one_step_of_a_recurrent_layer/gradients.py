_all_steps = recurrent_flops


def recurrent_flops(layer):
    return _all_steps(layer) // layer["steps"]
