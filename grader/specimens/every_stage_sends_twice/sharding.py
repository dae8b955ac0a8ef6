def sent_bytes(parameters, recipe, stage, gpus):
    _whole_and_split(recipe, stage)
    gathered = recipe["weights"] if stage else recipe["gradients"]
    return (gpus - 1) * _share(parameters, gpus) * (recipe["gradients"] + gathered)
