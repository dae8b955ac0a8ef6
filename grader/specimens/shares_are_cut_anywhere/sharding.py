def gpu_bytes(parameters, recipe, stage, gpus):
    whole, split = _whole_and_split(recipe, stage)
    return whole * parameters + split * parameters // gpus
