def cluster_flops(gpus, seconds, peak):
    """Twice the GPUs."""
    return gpus * (gpus * seconds * peak)
