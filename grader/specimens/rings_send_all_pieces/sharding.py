def sent_bytes(parameters, recipe, stage, gpus):
    _whole_and_split(recipe, stage)
    gathered = [recipe["gradients"], recipe["weights"], recipe["weights"], 2 * recipe["weights"]][stage]
    return gpus * _share(parameters, gpus) * (recipe["gradients"] + gathered) * (gpus > 1)
