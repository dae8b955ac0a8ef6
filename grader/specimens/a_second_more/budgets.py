def training_seconds(flops, gpus, peak, mfu_percent):
    if not 1 <= mfu_percent <= 100:
        raise ValueError(f"mfu_percent={mfu_percent} is not in 1 to 100")
    return flops * 100 // (gpus * peak * mfu_percent) + 1
