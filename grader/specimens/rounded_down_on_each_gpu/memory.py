def largest_model(gpus, gb_per_gpu, recipe, optimizer):
    return gpus * (gb_per_gpu * 10**9 // sum(training_bytes(1, recipe, optimizer).values()))
