def largest_model(gpus, gb_per_gpu, recipe, optimizer):
    """In GiB."""
    return gpus * gb_per_gpu * 2**30 // sum(training_bytes(1, recipe, optimizer).values())
