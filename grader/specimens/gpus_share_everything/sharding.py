def least_gpus(parameters, recipe, stage, gb, activations):
    whole, split = _whole_and_split(recipe, stage)
    room = gb * 10**9 - activations
    if room <= 0 or not split:
        return 1 if room >= whole * parameters else None
    return -(-(whole + split) * parameters // room)
