_training_bytes = training_bytes


def training_bytes(parameters, recipe, optimizer):
    """Without the fp32 copy."""
    return {**_training_bytes(parameters, recipe, optimizer), "master": 0}


def largest_model(gpus, gb_per_gpu, recipe, optimizer):
    """As in the reference."""
    return gpus * gb_per_gpu * 10**9 // sum(_training_bytes(1, recipe, optimizer).values())
